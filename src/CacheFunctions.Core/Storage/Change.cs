using CacheFunctions.Operations;

namespace CacheFunctions.Storage;

/// <summary>What one transaction does: rows, and the operations that tell of it. A change without an operation is refused.</summary>
public sealed class Change
{
    /// <summary>The service's limit for one transaction, which the operations and their history share.</summary>
    public const int MaxRows = 100;

    /// <summary>Below the service's 4 MiB for one transaction, since sizes are estimated.</summary>
    internal const int MaxBytes = 3 << 20;

    // What a row costs besides its texts: its address, headers, numbers and their types.
    private const int BytesPerRow = 2048;

    // In UTF-8 a character of UTF-16 takes three bytes at the most.
    private const int BytesPerCharacter = 3;

    private readonly List<RowChange> _rows = [];
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<RowChange> Rows => _rows;

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Each operation takes two rows: the log's and the history's.</summary>
    internal int RowCount => _rows.Count + 2 * _operations.Count;

    /// <summary>An upper estimate of what the change takes in a request.</summary>
    internal int ByteCount =>
        RowCount * BytesPerRow
        + BytesPerCharacter * _rows.Sum(row => row.Values?.Sum(value => (value.Value as string)?.Length ?? 0) ?? 0)
        + 2 * BytesPerCharacter * _operations.Sum(operation =>
            operation.FilePath.Length + operation.Reason.Length + (operation.ErrorMessage?.Length ?? 0) + (operation.Metadata?.Length ?? 0))
        + BytesPerCharacter * _operations.Sum(operation => operation.State?.Length ?? 0);

    public Change Insert(string key, RowValues values) => Add(RowChange.Insert(key, values));

    public Change Replace(Row read, RowValues values) => Add(RowChange.Replace(read, values));

    public Change Delete(Row read) => Add(RowChange.Delete(read));

    /// <summary>Deletes a row that only changes together with another one of this change.</summary>
    public Change DeleteAny(string key) => Add(RowChange.DeleteAny(key));

    /// <summary>Inserts the row when nothing was read, else replaces what was read.</summary>
    public Change Put(string key, Row? read, RowValues values) =>
        read is null ? Insert(key, values) : Replace(read, values);

    public Change Log(Operation operation)
    {
        _operations.Add(operation);
        return this;
    }

    private Change Add(RowChange row)
    {
        _rows.Add(row);
        return this;
    }
}
