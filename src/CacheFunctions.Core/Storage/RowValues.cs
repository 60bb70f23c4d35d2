using System.Collections;

namespace CacheFunctions.Storage;

/// <summary>The named values of a row: text, whole numbers, true or false, instants. A value that is null is not stored.</summary>
public sealed class RowValues : IEnumerable<KeyValuePair<string, object>>
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public void Add(string name, string? value) => Put(name, value);

    public void Add(string name, long? value) => Put(name, value);

    public void Add(string name, bool? value) => Put(name, value);

    public void Add(string name, DateTimeOffset? value) => Put(name, value?.ToUniversalTime());

    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    public long? Number(string name) => _values.GetValueOrDefault(name) as long?;

    public long RequiredNumber(string name) => Number(name) ?? throw Missing(name);

    public bool Flag(string name) => _values.GetValueOrDefault(name) is true;

    public DateTimeOffset? Time(string name) => _values.GetValueOrDefault(name) as DateTimeOffset?;

    public DateTimeOffset RequiredTime(string name) => Time(name) ?? throw Missing(name);

    public RowValues Copy()
    {
        var copy = new RowValues();
        foreach (var (name, value) in _values) copy._values[name] = value;
        return copy;
    }

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Put(string name, object? value)
    {
        if (value is null) _values.Remove(name);
        else _values[name] = value;
    }

    private static InvalidDataException Missing(string name) => new($"The row lacks '{name}'.");
}
