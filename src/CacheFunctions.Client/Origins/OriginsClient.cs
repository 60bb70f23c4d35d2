namespace CacheFunctions.Client;

/// <summary>Origins over HTTP.</summary>
public sealed class OriginsClient
{
    private readonly Transport _http;

    internal OriginsClient(Transport http) => _http = http;

    public PagedList<OriginInfo> List() => Lists.Of<OriginInfo>(_http, "origins", _ => "api/origins");

    /// <summary>What lies in a folder.</summary>
    /// <param name="path">Relative to the origin; null: its root.</param>
    /// <param name="pageSize">1 to 1,000 (200).</param>
    public PagedList<OriginEntry> ListEntries(string origin, string? path = null, int? pageSize = null) => Lists.Of<OriginEntry>(
        _http,
        "entries",
        cursor => $"api/origins/{Address.Step(origin)}/entries" + Address.Query(("path", path), ("limit", pageSize), ("cursor", cursor)));
}

/// <param name="Prefix">How paths in it begin, as <see cref="NewSession.NasFilePath"/> takes them.</param>
public sealed record OriginInfo(string Name, string Prefix, bool ReadOnly, bool CaseSensitive);

/// <param name="Type">file or folder.</param>
/// <param name="Path">Relative to the origin.</param>
/// <param name="NasFilePath">As <see cref="NewSession.NasFilePath"/> takes it.</param>
/// <param name="SizeBytes">null: of a folder.</param>
public sealed record OriginEntry(string Name, string Type, string Path, string NasFilePath, long? SizeBytes, DateTimeOffset? ModifiedAt);
