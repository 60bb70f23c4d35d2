using System.Diagnostics;
using System.Security.Cryptography;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins;

namespace CacheFunctions.Tests.Origins;

/// <summary>A real folder as an origin, deleted at the end. Only on Linux: directory origins use its system calls.</summary>
internal sealed class OriginRoot : IDisposable
{
    private readonly string _temporary;

    /// <param name="folder">null: a new temporary one.</param>
    public OriginRoot(string? folder = null, bool readOnly = false)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Directory origins use system calls of Linux.");
        _temporary = Directory.CreateTempSubdirectory("cachefunctions-test-").FullName;
        Folder = folder ?? Directory.CreateDirectory(Path.Combine(_temporary, "root")).FullName;
        Origin = new DirectoryOrigin("nas", Folder, new PathRules(CaseSensitive: true, UnicodeForm: null), readOnly);
    }

    public string Folder { get; }

    /// <summary>A folder beside the root, which nothing may reach.</summary>
    public string Outside => Directory.CreateDirectory(Path.Combine(_temporary, "outside")).FullName;

    public DirectoryOrigin Origin { get; }

    /// <summary>All entries beneath the root, by relative path.</summary>
    public IEnumerable<string> Entries =>
        Directory.EnumerateFileSystemEntries(Folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(entry => Path.GetRelativePath(Folder, entry))
            .Order(StringComparer.Ordinal);

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static StagedFile Stage(string path, int fence = 1) => new(path, $".cachefunctions-{fence}-0123456789abcdef");

    /// <returns>Its exit code; 127: there is no such program.</returns>
    public static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 127;
        }
    }

    public string At(string path) => Path.Combine(Folder, path);

    public byte[] Bytes(string path) => File.ReadAllBytes(At(path));

    /// <summary>Puts a file there, last modified long ago, so that whatever a test does to it shows in its times.</summary>
    public void Put(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllBytes(At(path), bytes);
        File.SetLastWriteTimeUtc(At(path), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    /// <summary>The fingerprint that a session has of its origin: with the hash of what it read.</summary>
    public async Task<Fingerprint> OpenedAsync(string path)
    {
        await using var file = await Origin.OpenReadAsync(path, default);
        return file.Fingerprint with { Sha256 = Sha256(Bytes(path)) };
    }

    /// <summary>A stream that is read once, from its beginning.</summary>
    public static OriginContent Content(Stream stream, long sizeBytes, string sha256) =>
        new(sizeBytes, sha256, null, (_, _) => Task.FromResult(stream));

    public async Task WriteAsync(StagedFile staged, byte[] bytes)
    {
        await Origin.PrepareAsync(staged, false, default);
        await Origin.WriteAsync(staged, Content(new MemoryStream(bytes), bytes.Length, Sha256(bytes)), null, default);
    }

    /// <summary>The whole protocol, as a write back goes through it.</summary>
    public async Task<SwapResult> ReplaceAsync(StagedFile staged, Fingerprint? expected, byte[] bytes, string conflictName = "kept")
    {
        await WriteAsync(staged, bytes);
        var result = await Origin.SwapAsync(staged, expected, Sha256(bytes), conflictName, default);
        if (result.Written is null) await Origin.AbandonAsync(staged, default);
        return result;
    }

    public void Dispose() => Directory.Delete(_temporary, recursive: true);
}
