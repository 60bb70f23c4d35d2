using System.Reflection;

namespace CacheFunctions.Tests.Architecture;

/// <summary>Dependencies run one way, and the seams are the only interfaces.</summary>
public sealed class LayerTests
{
    private static readonly Assembly Core = typeof(CacheFunctions.Sessions.SessionService).Assembly;
    private static readonly Assembly Storage = typeof(CacheFunctions.Storage.StorageServices).Assembly;
    private static readonly Assembly App = typeof(CacheFunctionsServices).Assembly;
    private static readonly Assembly Client = typeof(CacheFunctions.Client.CacheClient).Assembly;

    [Fact]
    public void Core_knows_no_storage_library_and_no_HTTP() => Assert.DoesNotContain(
        References(Core),
        name => name.StartsWith("Azure.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.StartsWith("CacheFunctions", StringComparison.Ordinal));

    [Fact]
    public void The_function_app_knows_no_storage_library() => Assert.DoesNotContain(
        References(App),
        name => name.StartsWith("Azure.", StringComparison.Ordinal) || name == "CacheFunctions.Storage");

    [Fact]
    public void Storage_knows_no_HTTP_interface() => Assert.DoesNotContain(
        References(Storage),
        name => name == "CacheFunctions" || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void The_client_knows_nothing_of_the_service_but_its_interface() => Assert.DoesNotContain(
        References(Client),
        name => name.StartsWith("Azure.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.StartsWith("CacheFunctions", StringComparison.Ordinal));

    [Fact]
    public void Only_the_seams_are_interfaces() => Assert.Equal(
        ["IContentStore", "IEventSink", "IFileLinks", "IFileStore", "IOrigin", "IRecordStore", "ITimerLead", "ITimerState", "IUploadStore"],
        new[] { Core, Storage, App, Client }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsInterface).Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Storage_types_do_not_leak_out_of_the_storage_layer() => Assert.DoesNotContain(
        Core.GetExportedTypes().Concat(App.GetExportedTypes())
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .SelectMany(TypesOf),
        type => type.FullName?.StartsWith("Azure.", StringComparison.Ordinal) == true);

    private static IEnumerable<string> References(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!);

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)],
        PropertyInfo property => [property.PropertyType],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        _ => [],
    };
}
