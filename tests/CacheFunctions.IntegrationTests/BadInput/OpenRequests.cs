using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>Knows when the service is at rest. A client that hung up cannot tell, and work for it may go on.</summary>
internal sealed class OpenRequests : IStartupFilter
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _none = Done();
    private int _count;

    public Task NoneAsync()
    {
        lock (_lock) return _none.Task;
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (_, rest) =>
        {
            lock (_lock)
                if (_count++ == 0) _none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await rest();
            }
            finally
            {
                lock (_lock)
                    if (--_count == 0) _none.SetResult();
            }
        });
        next(app);
    };

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
