using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>How a file is stored, and on what condition.</summary>
public sealed record FileUploadOptions
{
    /// <summary>null: application/octet-stream.</summary>
    public string? ContentType { get; init; }

    /// <summary>Kept compressed where that is smaller.</summary>
    public bool Compress { get; init; }

    public bool Encrypt { get; init; } = true;

    /// <summary>false: it is left out of the instance's memory.</summary>
    public bool CacheContent { get; init; } = true;

    /// <summary>Told again with the file, to the letter; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>null: private.</summary>
    public FileVisibility? Visibility { get; init; }

    /// <summary>Only over this version, an entity tag in quotes; else 412.</summary>
    public string? IfMatch { get; init; }

    /// <summary>Only if there is no such file yet; else 412.</summary>
    public bool MustBeNew { get; init; }

    internal string Query => Address.Query(("compress", Compress ? true : null), ("encrypt", Encrypt ? null : false), ("cache_content", CacheContent ? null : false));

    internal IReadOnlyList<(string Name, string? Value)> Headers =>
    [
        ("If-Match", IfMatch), ("If-None-Match", MustBeNew ? "*" : null), ("x-visibility", Address.Word(Visibility)),
        ("x-metadata", Metadata is null ? null : Uri.EscapeDataString(JsonSerializer.Serialize(Metadata))),
    ];
}
