using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Origins;

/// <summary>What a viewer can open.</summary>
public sealed class OriginFunctions(Api api, OriginSet origins)
{
    [Function(nameof(ListOrigins))]
    [Answers("Where authoritative files lie", Items = typeof(OriginAnswer), Plural = "origins")]
    public IResult ListOrigins(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/origins")] HttpRequest request) =>
        api.Run(request, call =>
        {
            var all = origins.All.OrderBy(origin => origin.Origin.Name, StringComparer.Ordinal).Select(OriginAnswer.Of).ToList();
            return ValueTask.FromResult(call.Page("origins", all, all.Count, null));
        });

    [Function(nameof(ListOriginEntries))]
    [Answers("What lies in a folder of an origin", ErrorCode.NotFound, Items = typeof(EntryAnswer), Plural = "entries")]
    [Accepts(Query = ["path", "limit", "cursor"])]
    public IResult ListOriginEntries(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/origins/{origin}/entries")] HttpRequest request, string origin) =>
        api.Run(request, async call =>
        {
            var named = origins.Named(origin);
            var limit = call.Query.Number("limit", 200, 1, 1000);
            var folder = call.Query.Text("path")?.TrimEnd('/') is { Length: > 0 } path ? named.Origin.Rules.Normalise(path, "path") : "";
            var after = Cursor.Read(call.Query.Text("cursor"));
            var entries = await named.Origin.ListAsync(folder, after, limit + 1, call.Cancelled);
            var page = entries.Take(limit).Select(entry => EntryAnswer.Of(entry, named.Prefix, folder)).ToList();
            return call.Page("entries", page, limit, entries.Count > limit ? Cursor.Write(page[^1].Name) : null);
        });
}

/// <param name="Prefix">How paths in it begin, as nas_file_path takes them.</param>
internal sealed record OriginAnswer(string Name, string Prefix, bool ReadOnly, bool CaseSensitive)
{
    public static OriginAnswer Of(NamedOrigin named) =>
        new(named.Origin.Name, named.Prefix, named.Origin.ReadOnly, named.Origin.Rules.CaseSensitive);
}

/// <param name="Type">file or folder.</param>
/// <param name="Path">Relative to the origin, as this call's path takes it.</param>
/// <param name="NasFilePath">As POST /api/sessions takes it.</param>
internal sealed record EntryAnswer(
    string Name, string Type, string Path, string NasFilePath, long? SizeBytes, DateTimeOffset? ModifiedAt)
{
    public static EntryAnswer Of(OriginEntry entry, string prefix, string folder)
    {
        var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
        return new EntryAnswer(
            entry.Name, entry.IsFolder ? "folder" : "file", path, prefix + path, entry.SizeBytes, entry.ModifiedAt);
    }
}
