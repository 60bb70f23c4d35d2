namespace CacheFunctions.IntegrationTests;

/// <summary>The folder that this program was built from.</summary>
internal static class Repository
{
    /// <param name="parts">Below the repository's root.</param>
    public static string Combine(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CacheFunctions.sln"))) folder = folder.Parent;
        return Path.Combine([folder?.FullName ?? throw new InvalidOperationException("The tests do not lie in their repository."), .. parts]);
    }
}
