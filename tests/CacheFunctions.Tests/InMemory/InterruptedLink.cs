using CacheFunctions.Errors;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Between two steps, chosen by number, something else happens.</summary>
internal sealed class InterruptedLink : Link
{
    private int _left;
    private bool _isBroken;
    private Func<Task>? _act;

    public bool HasActed => _act is not null && _left <= 0;

    /// <summary>From now on nothing is reached any more.</summary>
    public void Break() => _isBroken = true;

    /// <param name="step">After how many steps from now.</param>
    public void After(int step, Func<Task> act) => (_left, _act) = (step, act);

    public override async Task<T> ReadAsync<T>(Func<Task<T>> call)
    {
        if (_isBroken) throw CacheException.Unavailable("Nothing is reached any more.");
        var result = await call();
        if (_act is not null && --_left == 0) await _act();
        return result;
    }

    public override Task<T> WriteAsync<T>(Func<Task<T>> call, bool maybeTwice) => ReadAsync(call);
}
