using CacheFunctions.SelfHost.Functions;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.Tests.SelfHost;

/// <summary>The self-host makes the object of an HTTP function once, so nothing that it needs may belong to one request.</summary>
public sealed class FunctionLifetimeTests
{
    public static TheoryData<Type> Classes =>
        [.. FunctionCatalog.Of(FunctionClasses.All, "api").Http.Select(function => function.Method.DeclaringType!).Distinct()];

    [Theory]
    [MemberData(nameof(Classes))]
    public void What_an_http_function_needs_lives_as_long_as_the_service(Type functions)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Origins:nas:Path", Path.GetTempPath())]).Build();
        var services = new ServiceCollection();
        services.AddCacheFunctions(configuration, isDevelopment: true).AddStorage(configuration, new StorageSettings("UseDevelopmentStorage=true"));
        foreach (var needed in functions.GetConstructors().Single().GetParameters().Select(parameter => parameter.ParameterType))
        {
            // What every host brings along, for as long as it runs.
            if (needed.Namespace!.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)) continue;
            var registered = services.LastOrDefault(service => service.ServiceType == needed);
            Assert.True(registered is { Lifetime: ServiceLifetime.Singleton }, $"{functions.Name} needs {needed.Name}, which is {registered?.Lifetime.ToString() ?? "not registered"}.");
        }
    }
}
