namespace CacheFunctions.Benchmarks;

/// <summary>Programs that a machine may have.</summary>
internal static class InstalledProgram
{
    /// <returns>Its path; null when there is none, which is said.</returns>
    /// <param name="package">Of Debian, that has it.</param>
    public static string? Find(string program, string package)
    {
        var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (path is null) Console.WriteLine($"Left out: what needs {program}. It is in the package {package} of Debian.");
        return path;
    }
}
