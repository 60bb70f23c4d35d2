using System.Text.Json;
using CacheFunctions.Directories.Bringing;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Directories;

/// <summary>The body of POST /cache/warm: items, or a manifest that lists them.</summary>
internal sealed record WarmRequest
{
    private const int MaxItems = 1_000;
    private const int MaxLength = 100_000;
    private const long MaxBandwidth = 1L << 40;

    public List<WarmItemRequest?>? Items { get; init; }

    /// <summary>A JSON file of an origin, with the same <c>items</c>.</summary>
    public string? Manifest { get; init; }

    /// <summary>null: as fast as it goes.</summary>
    public long? MaxBytesPerSecond { get; init; }

    public WarmRequest Checked()
    {
        if (MaxBytesPerSecond is < 1 or > MaxBandwidth) throw CacheException.Invalid("max_bytes_per_second", $"must be from 1 to {MaxBandwidth}.");
        if (Items is null && Manifest is null) throw CacheException.Invalid("items", "is required, or a manifest.");
        if (Items is not null && Manifest is not null) throw CacheException.Invalid("manifest", "must be left out beside items.");
        return Manifest is null ? this with { Items = Each() } : this with { Manifest = Fields.Path("manifest", Manifest) };
    }

    public IReadOnlyList<WarmItem> ToItems() => [.. Items!.Select(item => new WarmItem(item!.From!, item.Path!))];

    /// <exception cref="CacheException">InvalidArgument: it is no manifest.</exception>
    public static WarmRequest OfManifest(byte[] json)
    {
        try
        {
            if (JsonSerializer.Deserialize<WarmManifest>(json, Json.Options) is { Items: not null } manifest) return new WarmRequest { Items = manifest.Items }.Checked();
        }
        catch (JsonException)
        {
            // Said below.
        }
        catch (CacheException error) when (error.Code == ErrorCode.InvalidArgument)
        {
            throw CacheException.Invalid("manifest", error.Message);
        }

        throw CacheException.Invalid("manifest", "must name a JSON file with items, each with from and path.");
    }

    private List<WarmItemRequest?> Each()
    {
        if (Items!.Count is 0 or > MaxItems) throw CacheException.Invalid("items", $"has {Items.Count} items; it must have from 1 to {MaxItems}.");
        var length = 0;
        for (var i = 0; i < Items.Count; i++)
        {
            if (Items[i] is not { } item) throw CacheException.Invalid($"items[{i}]", "is null.");
            length += Fields.Path($"items[{i}].from", item.From).Length + Fields.Path($"items[{i}].path", item.Path).Length;
        }

        return length <= MaxLength ? Items : throw CacheException.Invalid("items", $"has {length} characters of paths; at most {MaxLength} fit in one job.");
    }
}

internal sealed record WarmItemRequest(string? From, string? Path);

/// <summary>What a manifest holds.</summary>
internal sealed record WarmManifest(List<WarmItemRequest?>? Items);
