using CacheFunctions.Content;
using CacheFunctions.Eviction.Memory;

namespace CacheFunctions.Directories;

/// <summary>
/// What this instance knew of files a moment ago, by their names, so that reading one again asks nobody. What others change is seen
/// when that moment is over, what this instance changes at once. Safe for concurrent use; at most 10,000 names.
/// </summary>
internal sealed class FreshItems
{
    /// <summary>How long what was known of a file counts as current.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private const int MaxNames = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ContentItem Item, long AskedAt)> _items = new(StringComparer.Ordinal);
    private readonly S3Fifo<string> _policy;
    private readonly TimeProvider _time;
    private long _changes;

    public FreshItems(TimeProvider time)
    {
        _time = time;
        _policy = new S3Fifo<string>(MaxNames, (name, _) => _items.Remove(name));
    }

    /// <returns>null: nothing that still counts.</returns>
    public ContentItem? Find(string name)
    {
        lock (_lock)
        {
            if (!_policy.Access(name)) return null;
            var (item, at) = _items[name];
            if (_time.GetElapsedTime(at) < FreshFor) return item;
            Remove(name);
            return null;
        }
    }

    /// <summary>Before the store is asked. From then on the answer's age counts.</summary>
    public Asked Ask()
    {
        lock (_lock) return new Asked(_time.GetTimestamp(), _changes);
    }

    /// <summary>Keeps what the store answered, unless this instance has changed something since: the answer may be from before.</summary>
    public void Put(ContentItem item, Asked asked)
    {
        lock (_lock)
            if (asked.Changes == _changes && _policy.Add(item.Name, 1)) _items[item.Name] = (item, asked.At);
    }

    /// <summary>After this instance has changed a file.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            _changes++;
            Remove(name);
        }
    }

    private void Remove(string name)
    {
        _policy.Remove(name);
        _items.Remove(name);
    }

    public readonly record struct Asked(long At, long Changes);
}
