using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Tests.Architecture;

public sealed class FunctionClassesTests
{
    private const BindingFlags Any =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly IReadOnlyList<Type> Found =
    [
        .. typeof(FunctionClasses).Assembly.GetTypes()
            .Where(type => type.GetMethods(Any).Any(method => method.IsDefined(typeof(FunctionAttribute))))
            .OrderBy(type => type.Name, StringComparer.OrdinalIgnoreCase),
    ];

    [Fact]
    public void Every_class_with_functions_is_listed_and_no_other_in_the_order_of_names() => Assert.Equal(Found, FunctionClasses.All);

    [Fact]
    public void They_are_public_as_the_worker_could_not_call_them_otherwise() => Assert.All(Found, type => Assert.True(type.IsVisible, type.FullName));
}
