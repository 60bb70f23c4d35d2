using CacheFunctions.Operations;

namespace CacheFunctions.Storage;

/// <summary>The rows of one group's transaction: its operations under the next numbers, then what each change writes.</summary>
internal sealed class ShardTransaction
{
    private readonly List<RowChange> _rows = [];
    private readonly List<int> _owners = [];
    private readonly List<long> _firstNumbers = [];

    /// <param name="commit">A name that no other transaction has.</param>
    public ShardTransaction(IReadOnlyList<Change> changes, long firstNumber, DateTimeOffset timestamp, string commit)
    {
        Commit = commit;
        FirstNumber = LastNumber = firstNumber;
        // The first number comes first: it is what decides between instances.
        for (var owner = 0; owner < changes.Count; owner++)
        {
            _firstNumbers.Add(LastNumber);
            foreach (var operation in changes[owner].Operations)
            {
                Add(owner, RowChange.Insert(OperationRow.Key(LastNumber), OperationRow.Values(operation, timestamp, Commit)));
                // The state is for who follows the log; histories do without.
                var told = OperationRow.Values(operation with { State = null }, timestamp, Commit);
                Add(owner, RowChange.Insert(OperationRow.HistoryKey(operation.Entity, LastNumber), told));
                LastNumber++;
            }
        }

        LastNumber--;
        for (var owner = 0; owner < changes.Count; owner++)
            foreach (var row in changes[owner].Rows)
                Add(owner, row);
    }

    /// <summary>The name by which the transaction finds itself again after a lost reply.</summary>
    public string Commit { get; }

    public long FirstNumber { get; }

    public long LastNumber { get; }

    public IReadOnlyList<RowChange> Rows => _rows;

    public long FirstNumberOf(int owner) => _firstNumbers[owner];

    /// <returns>Whose row it is; the first change's when the store did not say, which costs it one more attempt at the most.</returns>
    public int OwnerOf(int? row) => row is { } index ? _owners[index] : 0;

    private void Add(int owner, RowChange row)
    {
        _rows.Add(row);
        _owners.Add(owner);
    }
}
