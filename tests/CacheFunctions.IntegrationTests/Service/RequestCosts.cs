using System.Threading.Channels;
using CacheFunctions.Http;
using CacheFunctions.Storage;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>What the service logs of each request: how many storage transactions it took. Without what goes on beside the requests.</summary>
internal sealed class RequestCosts : ILoggerProvider, ILogger
{
    private readonly Channel<StorageCounts> _costs = Channel.CreateUnbounded<StorageCounts>();

    /// <summary>Of the next request.</summary>
    public async Task<StorageCounts> NextAsync() => await _costs.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public ILogger CreateLogger(string categoryName) => categoryName == typeof(Api).FullName ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values && values.FirstOrDefault(value => value.Key == "Storage").Value is StorageCounts costs)
            _costs.Writer.TryWrite(costs);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
    }
}
