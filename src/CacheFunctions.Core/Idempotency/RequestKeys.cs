using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Idempotency;

/// <summary>
/// Which request first came under a key. Another one under the same key is refused before it does anything. The
/// effect's own transaction (<see cref="Answers"/>) is what keeps it from happening twice.
/// </summary>
public sealed class RequestKeys(IRecordStore store, TimeProvider time)
{
    private const string Table = "control";

    /// <summary>Safe to repeat: the first insert wins, and the same request finds itself.</summary>
    /// <param name="key">From <see cref="RequestKey.Of"/>.</param>
    /// <param name="body">The body's SHA-256 in hex.</param>
    /// <exception cref="CacheException">IdempotencyMismatch: the key stands for a request with another body.</exception>
    public async Task ClaimAsync(string key, string body, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var row = await store.GetAsync(Table, Partition(key), key, cancellation);
            if (row is not null && row.Values.RequiredTime("at") + RequestKey.Lifetime > time.GetUtcNow())
            {
                if (row.Values.RequiredText("body") == body) return;
                throw new CacheException(
                    ErrorCode.IdempotencyMismatch,
                    "Idempotency-Key: was used for another request body in the last 24 hours. Use a new key for a new request.");
            }

            var values = new RowValues { { "schema", 1 }, { "body", body }, { "at", time.GetUtcNow() } };
            var change = row is null ? RowChange.Insert(key, values) : RowChange.Replace(row, values);
            try
            {
                await store.CommitAsync(Table, Partition(key), [change], cancellation);
                return;
            }
            catch (RowConflictException)
            {
                // Another request under this key was first; whether it is the same one is seen above.
            }
        }

        throw CacheException.Unavailable("Idempotency-Key: others are using this key at this moment. Try again.");
    }

    /// <summary>Removes keys that have run out.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        foreach (var first in "0123456789abcdef")
        {
            var partition = Partition($"{first}");
            await foreach (var row in store.QueryAsync(Table, partition, KeyRange.Prefix($"{first}"), null, cancellation))
            {
                if (row.Values.RequiredTime("at") + RequestKey.Lifetime > time.GetUtcNow()) continue;
                try
                {
                    await store.CommitAsync(Table, partition, [RowChange.Delete(row)], cancellation);
                }
                catch (RowConflictException)
                {
                    // It has just been used anew.
                }
            }
        }
    }

    private static string Partition(string key) => "keys-" + key[..1];
}
