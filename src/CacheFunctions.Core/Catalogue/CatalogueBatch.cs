using System.Text.Json;
using System.Text.Json.Serialization;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;

namespace CacheFunctions.Catalogue;

/// <summary>Changes to many files at once.</summary>
public sealed record CatalogueBatch(
    IReadOnlyList<AddCachedFile> Add,
    IReadOnlyList<BatchRemoval> Remove,
    IReadOnlyList<CachedFileId> Pin,
    IReadOnlyList<CachedFileId> Unpin)
{
    /// <summary>How many changes one batch may have.</summary>
    public const int MaxItems = 1000;

    public int Count => Add.Count + Remove.Count + Pin.Count + Unpin.Count;
}

public sealed record BatchRemoval(CachedFileId Id, string Reason);

/// <summary>What became of one item of a batch.</summary>
/// <param name="Action">add, remove, pin or unpin.</param>
/// <param name="Index">The item's place in its list, from 0.</param>
/// <param name="JobId">The job that still copies the file; null: the item is done.</param>
/// <param name="Code">With <paramref name="Error"/> why it failed.</param>
public sealed record BatchItem(
    string Action,
    int Index,
    bool Success,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? JobId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);

/// <param name="Results">In the order of the request: add, remove, pin, unpin.</param>
public sealed record BatchReport(int Succeeded, int Failed, IReadOnlyList<BatchItem> Results);

/// <summary>
/// Carries batches out, as jobs. Each item stands for itself and has a request key of its own, so that a batch whose instance
/// died is gone through again without doing anything twice.
/// </summary>
internal sealed class Batches
{
    private const string Kind = "cache_batch";
    private const string Requests = "batches";
    private const int ItemsAtOnce = 8;

    // A thousand failures, told at length, fit into the job's row.
    private const int MaxErrorLength = 160;

    private static readonly TimeSpan Leftover = TimeSpan.FromDays(2);

    private readonly CatalogueStore _store;
    private readonly CachedFilesService _files;
    private readonly JobRunner _jobs;

    public Batches(CatalogueStore store, CachedFilesService files, JobRunner jobs)
    {
        (_store, _files, _jobs) = (store, files, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <returns>The job; running: it goes on.</returns>
    public async Task<Job> StartAsync(Caller caller, CatalogueBatch batch, string? requestKey, CancellationToken cancellation)
    {
        // Too large for the job's row, perhaps.
        var name = ContentName.Mint(Requests, _store.Ids);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(batch, JsonSerializerOptions.Web);
        await _store.SystemContents.WriteAsync(ContentName.System, name, new MemoryStream(bytes), bytes.Length, cancellation);
        var arguments = JsonSerializer.Serialize(new Arguments(caller, name), JsonSerializerOptions.Web);
        return await _jobs.RunAsync<BatchReport>(Kind, requestKey, caller.UserId, arguments, cancellation);
    }

    /// <summary>Deletes the requests of batches that have ended. Not their jobs do, since one may be gone through again after its last item.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await foreach (var item in _store.SystemContents.ListAsync(ContentName.System, Requests + "/", cancellation))
            if (item.WrittenAt + Leftover < _store.Now) await _store.SystemContents.DeleteAsync(ContentName.System, item.Name, cancellation);
    }

    private async Task<BatchReport> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var (caller, name) = JsonSerializer.Deserialize<Arguments>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        CatalogueBatch batch;
        await using (var request = await _store.SystemContents.OpenReadAsync(ContentName.System, name, 0, null, cancellation)
            ?? throw new CacheException(ErrorCode.Internal, "The batch's request is gone."))
        {
            batch = (await JsonSerializer.DeserializeAsync<CatalogueBatch>(request, JsonSerializerOptions.Web, cancellation))!;
        }

        var results = new BatchItem[batch.Count];
        var items = Items(caller, batch, run.Id).ToList();
        await Parallel.ForAsync(
            0,
            items.Count,
            new ParallelOptions { MaxDegreeOfParallelism = ItemsAtOnce, CancellationToken = cancellation },
            async (i, token) => results[i] = await TryAsync(items[i], token));
        var report = new BatchReport(results.Count(item => item.Success), results.Count(item => !item.Success), results);
        run.Result = JsonSerializer.Serialize(report, Snake);
        return report;
    }

    private IEnumerable<Item> Items(Caller caller, CatalogueBatch batch, string jobId)
    {
        string Key(string action, int index) => $"{jobId}-{action}-{index}";
        var adds = batch.Add.Select((item, i) => new Item("add", i, null, async token =>
        {
            var added = await _files.AddCachedFileAsync(caller, item, Key("add", i), token);
            return (added.File?.Id.ToString() ?? added.Pending!.Subject, added.Pending?.Id);
        }));
        var removals = batch.Remove.Select((item, i) => new Item("remove", i, item.Id.ToString(), async token =>
        {
            await _files.RemoveCachedFileAsync(caller, item.Id, item.Reason, null, Key("remove", i), token);
            return (item.Id.ToString(), null);
        }));
        var pins = batch.Pin.Select((id, i) => (id, i, true)).Concat(batch.Unpin.Select((id, i) => (id, i, false)))
            .Select(pin => new Item(pin.Item3 ? "pin" : "unpin", pin.i, pin.id.ToString(), async token =>
            {
                await _files.PinFileAsync(caller, pin.id, pin.Item3, token);
                return (pin.id.ToString(), null);
            }));
        return adds.Concat(removals).Concat(pins);
    }

    private static async Task<BatchItem> TryAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            var (id, jobId) = await item.Work(cancellation);
            return new BatchItem(item.Action, item.Index, true, id, jobId);
        }
        catch (CacheException error)
        {
            var message = error.Message.Length <= MaxErrorLength ? error.Message : error.Message[..MaxErrorLength] + "…";
            return new BatchItem(
                item.Action, item.Index, false, item.Id, null, JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Code.ToString()), message);
        }
    }

    private static readonly JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private sealed record Item(string Action, int Index, string? Id, Func<CancellationToken, Task<(string Id, string? JobId)>> Work);

    private sealed record Arguments(Caller Caller, string Request);
}
