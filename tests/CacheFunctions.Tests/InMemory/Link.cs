namespace CacheFunctions.Tests.InMemory;

/// <summary>How an instance reaches storage and disks. This one always works; a simulation's does not.</summary>
internal class Link
{
    public static Link Sound { get; } = new();

    /// <summary>What only reads: it may fail, but nothing of it can come late or twice.</summary>
    public virtual Task<T> ReadAsync<T>(Func<Task<T>> call) => call();

    /// <summary>What has an effect, which may also come late, after the caller was told of a failure.</summary>
    /// <param name="maybeTwice">Whether the way there may deliver it twice.</param>
    public virtual Task<T> WriteAsync<T>(Func<Task<T>> call, bool maybeTwice) => call();

    public Task<T> ReadAsync<T>(Func<T> call) => ReadAsync(() => Task.FromResult(call()));

    public Task<T> WriteAsync<T>(Func<T> call) => WriteAsync(() => Task.FromResult(call()), false);
}
