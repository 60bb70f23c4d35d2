namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Keeps the first files of an order out of many, in a heap whose root is the last of them: O(n log take) at the worst,
/// and for most files one compare with the root.
/// </summary>
/// <param name="take">How many to keep, from 0.</param>
internal sealed class FirstFiles(Ranking ranking, int take)
{
    private readonly List<Candidate> _heap = [];

    /// <summary>What has a greater key need not be offered.</summary>
    public long LastKey { get; private set; } = take == 0 ? long.MinValue : long.MaxValue;

    public void Offer(Candidate candidate)
    {
        if (_heap.Count < take)
        {
            _heap.Add(candidate);
            Rise(_heap.Count - 1);
        }
        else if (take > 0 && ranking.Compare(candidate, _heap[0]) < 0)
        {
            _heap[0] = candidate;
            Sink();
        }

        if (_heap.Count == take && take > 0) LastKey = _heap[0].Key;
    }

    /// <returns>In order. The heap may not be used any more.</returns>
    public List<Candidate> Sorted()
    {
        _heap.Sort(ranking);
        return _heap;
    }

    private void Rise(int at)
    {
        for (int parent; at > 0 && ranking.Compare(_heap[at], _heap[parent = (at - 1) / 2]) > 0; at = parent)
            (_heap[at], _heap[parent]) = (_heap[parent], _heap[at]);
    }

    private void Sink()
    {
        for (int at = 0, child; (child = 2 * at + 1) < _heap.Count; at = child)
        {
            if (child + 1 < _heap.Count && ranking.Compare(_heap[child + 1], _heap[child]) > 0) child++;
            if (ranking.Compare(_heap[at], _heap[child]) >= 0) return;
            (_heap[at], _heap[child]) = (_heap[child], _heap[at]);
        }
    }
}
