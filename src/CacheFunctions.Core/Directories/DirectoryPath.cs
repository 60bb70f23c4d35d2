using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Directories;

/// <summary>A directory of the cache, or a file in one: a relative path in Unicode's composed form, whose case counts.</summary>
public sealed record DirectoryPath
{
    /// <summary>Blob Storage takes no longer names.</summary>
    public const int MaxLength = 1024;

    /// <summary>A use of a file is a use of every directory that holds it, so these must not be too many.</summary>
    public const int MaxDepth = 32;

    private static readonly PathRules Rules = new(CaseSensitive: true, NormalizationForm.FormC);

    private readonly byte[] _hash;

    private DirectoryPath(string text)
    {
        Text = text;
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    public string Text { get; }

    public ReadOnlySpan<byte> Hash => _hash;

    public Guid Id => new(_hash.AsSpan(0, 16), bigEndian: true);

    /// <summary>Under which instances tell each other that somebody has a file of it open.</summary>
    public Guid OpenMark => OfOpenMark(Id);

    /// <summary>What the names of all that lies in it begin with.</summary>
    public string Prefix => Text + "/";

    /// <summary>The directories that hold it, the outermost first.</summary>
    public IEnumerable<DirectoryPath> Ancestors
    {
        get
        {
            for (var slash = Text.IndexOf('/'); slash > 0; slash = Text.IndexOf('/', slash + 1)) yield return new DirectoryPath(Text[..slash]);
        }
    }

    /// <summary>An id to its open mark, and back.</summary>
    public static Guid OfOpenMark(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        bytes[15] ^= 0xff;
        return new Guid(bytes);
    }

    /// <exception cref="CacheException">InvalidArgument, naming what is wrong.</exception>
    public static DirectoryPath Of(string path, string field = "path")
    {
        // Hosts leave this one sign encoded, so that it would be a part of a name to one and a separator to another.
        if (path.Contains("%2f", StringComparison.OrdinalIgnoreCase)) throw CacheException.Invalid(field, "must not hold an encoded slash: write / as it is.");
        var normal = Rules.Normalise(path, field);
        if (normal.Length > MaxLength) throw CacheException.Invalid(field, $"is longer than {MaxLength} characters.");
        if (normal.Count(c => c == '/') >= MaxDepth) throw CacheException.Invalid(field, $"is more than {MaxDepth} levels deep.");
        return new DirectoryPath(normal);
    }

    /// <summary>A file's path: it must lie in a directory.</summary>
    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static DirectoryPath OfFile(string path)
    {
        var file = Of(path);
        return file.Text.Contains('/') ? file : throw CacheException.Invalid("path", "must name a file in a directory, as folder/file.txt.");
    }

    /// <summary>Of a path that was checked before.</summary>
    internal static DirectoryPath Stored(string text) => new(text);

    public bool Equals(DirectoryPath? other) => other?.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
