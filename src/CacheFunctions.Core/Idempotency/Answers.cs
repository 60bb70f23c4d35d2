using System.Text.Json;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Idempotency;

/// <summary>
/// What was answered under a request key: a row in the effect's own shard and transaction, so that the effect stands
/// exactly when its answer is remembered.
/// </summary>
public sealed class Answers(RecordTable table, TimeProvider time)
{
    private const int RowsPerTransaction = 90;
    internal const string Prefix = "k|";

    /// <summary>
    /// As <see cref="RecordTable.UpdateAsync{T}"/>, but what was answered under the key before is answered again, and
    /// nothing is changed.
    /// </summary>
    /// <param name="key">null: the caller gave none.</param>
    public Task<T> UpdateOnceAsync<T>(
        int shard, string? key, Func<CancellationToken, Task<Decision<T>>> decide, CancellationToken cancellation) where T : class =>
        table.UpdateAsync(
            shard,
            async token =>
            {
                var before = await FindAsync<T>(shard, key, token);
                if (before.Answer is { } answer) return new Decision<T>(null, answer);
                var decision = await decide(token);
                if (decision.Change is { } change) Remember(change, before, decision.Result);
                return decision;
            },
            cancellation);

    /// <returns>What was answered under the key; no answer: nothing yet, or longer ago than a key lives.</returns>
    public async Task<Answered<T>> FindAsync<T>(int shard, string? key, CancellationToken cancellation) where T : class
    {
        if (key is null) return new Answered<T>(null, null, null);
        var row = await table.GetAsync(shard, Prefix + key, cancellation);
        var fresh = row is not null && IsFresh(row.Values.RequiredTime("at"));
        return new Answered<T>(key, row, fresh ? JsonSerializer.Deserialize<T>(row!.Values.RequiredText("answer"), JsonSerializerOptions.Web) : null);
    }

    /// <summary>Adds the answer to the transaction of its effect. Of two requests with one key only one can commit.</summary>
    public void Remember<T>(Change change, Answered<T> before, T answer) where T : class
    {
        if (before.Key is null) return;
        var values = new RowValues
        {
            { "schema", 1 },
            { "at", time.GetUtcNow() },
            { "answer", JsonSerializer.Serialize(answer, JsonSerializerOptions.Web) },
        };
        change.Put(Prefix + before.Key, before.Row, values);
    }

    /// <summary>Removes answers that are older than a key lives. Safe to repeat; an answer renewed meanwhile stays.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        for (var shard = 0; shard < table.ShardCount; shard++)
        {
            var old = new List<Row>();
            await foreach (var row in table.QueryAsync(shard, KeyRange.Prefix(Prefix), cancellation))
                if (!IsFresh(row.Values.RequiredTime("at"))) old.Add(row);
            foreach (var chunk in old.Chunk(RowsPerTransaction)) await PurgeAsync(shard, chunk);
        }
    }

    private async Task PurgeAsync(int shard, Row[] old)
    {
        var change = new Change().Log(new Operation("request_keys_removed", "request_keys", "", "timer", null, $"{old.Length} ran out"));
        foreach (var row in old) change.Delete(row);
        try
        {
            await table.CommitAsync(shard, change);
        }
        catch (RowConflictException)
        {
            // The next run looks again.
        }
    }

    private bool IsFresh(DateTimeOffset at) => at + RequestKey.Lifetime > time.GetUtcNow();
}

/// <summary>What is remembered under a request key.</summary>
/// <param name="Key">null: the caller gave none.</param>
/// <param name="Row">As it was read; null: there is none.</param>
public sealed record Answered<T>(string? Key, Row? Row, T? Answer) where T : class;
