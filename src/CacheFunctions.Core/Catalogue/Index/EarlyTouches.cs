namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Hits on files that are not known yet: a notice may overtake the operation of another instance that added the file.
/// Those of files that never come are dropped when there are too many.
/// </summary>
internal sealed class EarlyTouches
{
    private const int MaxCount = 10_000;

    private readonly Dictionary<Guid, Touch> _touches = [];

    public void Add(Touch touch)
    {
        if (_touches.Count >= MaxCount) _touches.Clear();
        _touches[touch.Id] = _touches.TryGetValue(touch.Id, out var known) ? known.With(touch) : touch;
    }

    public Touch? Take(Guid id) => _touches.Remove(id, out var touch) ? touch : null;

    public void Clear() => _touches.Clear();
}
