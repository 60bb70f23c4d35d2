using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Catalogue;

/// <summary>The body of POST /api/cached/batch.</summary>
internal sealed record BatchRequest
{
    public List<AddCachedFileRequest?>? Add { get; init; }

    /// <summary>Each an id, or an object with id and reason.</summary>
    public List<JsonElement>? Remove { get; init; }

    public List<string?>? Pin { get; init; }

    public List<string?>? Unpin { get; init; }

    public CatalogueBatch Checked()
    {
        var count = (Add?.Count ?? 0) + (Remove?.Count ?? 0) + (Pin?.Count ?? 0) + (Unpin?.Count ?? 0);
        if (count is 0 or > CatalogueBatch.MaxItems)
        {
            throw new CacheException(
                ErrorCode.InvalidArgument, $"The batch has {count} items in add, remove, pin and unpin; it must have from 1 to {CatalogueBatch.MaxItems}.");
        }

        return new CatalogueBatch(
            Each("add", Add, item => item!.Checked()), Each("remove", Remove, Removal), Each("pin", Pin, Id), Each("unpin", Unpin, Id));
    }

    private static List<TResult> Each<T, TResult>(string field, List<T>? items, Func<T, TResult> check)
    {
        var results = new List<TResult>();
        foreach (var item in items ?? [])
        {
            var place = $"{field}[{results.Count}]";
            if (item is null) throw CacheException.Invalid(place, "is null.");
            try
            {
                results.Add(check(item));
            }
            catch (CacheException error) when (error.Code == ErrorCode.InvalidArgument)
            {
                throw new CacheException(
                    error.Code,
                    $"{place}.{error.Message}",
                    error.Details?.ToDictionary(detail => $"{place}.{detail.Key}", detail => detail.Value));
            }
        }

        return results;
    }

    private static BatchRemoval Removal(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.String) return new BatchRemoval(Id(item.GetString()), RemoveCachedFileRequest.DefaultReason);
        BatchRemovalRequest? removal;
        try
        {
            removal = item.Deserialize<BatchRemovalRequest>(Json.Options);
        }
        catch (JsonException)
        {
            removal = null;
        }

        if (removal is null) throw CacheException.Invalid("id", "is missing: give an id, or an object with id and reason.");
        return new BatchRemoval(Id(removal.Id), new RemoveCachedFileRequest { Reason = removal.Reason }.Checked().Reason);
    }

    private static CachedFileId Id(string? text) => CachedFileId.TryParse(text ?? "", out var id)
        ? id
        : throw CacheException.Invalid("id", "must be a cached file's id, a UUID.");
}

internal sealed record BatchRemovalRequest(string? Id, string? Reason);
