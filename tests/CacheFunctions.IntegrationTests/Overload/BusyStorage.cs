using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.IntegrationTests.Overload;

/// <summary>Stands before an endpoint of Azurite and can say, as storage does under too much load, that it is busy.</summary>
internal sealed class BusyStorage : IAsyncDisposable
{
    private readonly HttpClient _behind;
    private readonly WebApplication _front;
    private int _toRefuse;
    private int _refused;

    private BusyStorage(Uri behind)
    {
        _behind = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = behind };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _front = builder.Build();
        _front.Run(AnswerAsync);
    }

    /// <summary>How many requests were refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>What else it answers, with which status and error code of storage; null: to nothing.</summary>
    public Func<HttpRequest, (int Status, string Code)?>? Instead { get; set; }

    /// <summary>Refuses so many requests from now on.</summary>
    public void Refuse(int count) => Volatile.Write(ref _toRefuse, count);

    /// <param name="connectionString">Of an account in Azurite; becomes that of the same account behind these.</param>
    public static async Task<(BusyStorage Blobs, BusyStorage Tables, string ConnectionString)> StartAsync(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var blobs = await BeforeAsync("BlobEndpoint");
        var tables = await BeforeAsync("TableEndpoint");
        return (blobs, tables, string.Join(';', parts.Select(part => $"{part.Key}={part.Value}")));

        async Task<BusyStorage> BeforeAsync(string endpoint)
        {
            var address = new Uri(parts[endpoint]);
            var busy = new BusyStorage(new Uri(address.GetLeftPart(UriPartial.Authority)));
            await busy._front.StartAsync();
            parts[endpoint] = busy._front.Urls.First() + address.AbsolutePath;
            return busy;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        _behind.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (Instead?.Invoke(context.Request) is { } other) return Refuse(context, other.Status, other.Code);
        if (Interlocked.Decrement(ref _toRefuse) < 0) return Forwarding.SendAsync(context, _behind);
        Interlocked.Increment(ref _refused);
        return Refuse(context, StatusCodes.Status503ServiceUnavailable, "ServerBusy");
    }

    private static Task Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        return Task.CompletedTask;
    }
}
