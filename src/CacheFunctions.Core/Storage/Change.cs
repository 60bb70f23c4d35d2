using CacheFunctions.Operations;

namespace CacheFunctions.Storage;

/// <summary>What one transaction does: rows, and the operations that tell of it. A change without an operation is refused.</summary>
public sealed class Change
{
    /// <summary>The service's limit for one transaction, which the operations and their history share.</summary>
    public const int MaxRows = 100;

    private readonly List<RowChange> _rows = [];
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<RowChange> Rows => _rows;

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Each operation takes two rows: the log's and the history's.</summary>
    internal int RowCount => _rows.Count + 2 * _operations.Count;

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
