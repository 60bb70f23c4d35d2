using System.Runtime.InteropServices;

namespace CacheFunctions.IntegrationTests.Package;

/// <summary>
/// What is deployed as a custom handler: the folder that CACHEFUNCTIONS_PACKAGE names, published before. Publishing takes minutes, so
/// without it this is the self-host as it was built for the tests, with the same files for the Functions host.
/// </summary>
internal sealed class PackageFolder : IDisposable
{
    private const string Variable = "CACHEFUNCTIONS_PACKAGE";
    private const string Program = "CacheFunctions.SelfHost";

    private readonly TempDirectory? _built;

    private PackageFolder(string path, TempDirectory? built) => (Path, _built) = (path, built);

    public string Path { get; }

    public bool IsPublished => _built is null;

    public static async Task<PackageFolder> GetAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } published) return new PackageFolder(Repository.Combine(published), null);
        var built = new TempDirectory();
        var program = built.Combine(Program);
        // It looks for what belongs to it beside what the link names.
        File.CreateSymbolicLink(program, System.IO.Path.Combine(AppContext.BaseDirectory, Program));
        await Tool.RunAsync(program, ["--write-functions", built.Path], DotnetRoot);
        return new PackageFolder(built.Path, built);
    }

    /// <summary>Where a program that does not bring the runtime finds it.</summary>
    public static (string Name, string Value) DotnetRoot =>
        ("DOTNET_ROOT", System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));

    public void Dispose() => _built?.Dispose();
}
