using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CacheFunctions.IntegrationTests.Storage.Origins;

/// <summary>
/// Stands before the emulator and loses one answer: the request that holds a given text is carried out, and its
/// connection ends before the answer arrives.
/// </summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _port;
    private readonly Task _accepting;
    private string? _wanted;
    private long _bytesSent;

    /// <param name="port">Of the emulator.</param>
    public LossyProxy(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool HasLost { get; private set; }

    /// <summary>By the client, so far.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    public void LoseTheAnswerTo(string text) => _wanted = text;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port);
                var (near, far) = (client.GetStream(), server.GetStream());
                var isToBeLost = false;
                await await Task.WhenAny(
                    PumpAsync(near, far, bytes =>
                    {
                        Interlocked.Add(ref _bytesSent, bytes.Length);
                        if (_wanted is not null && Encoding.Latin1.GetString(bytes).Contains(_wanted, StringComparison.Ordinal))
                            (isToBeLost, _wanted) = (true, null);
                        return true;
                    }),
                    PumpAsync(far, near, _ => !(isToBeLost && (HasLost = true))));
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // Either side has gone.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlySpan<byte>, bool> goesOn)
    {
        var buffer = new byte[64 << 10];
        for (int count; (count = await from.ReadAsync(buffer, _end.Token)) > 0;)
        {
            if (!goesOn(buffer.AsSpan(0, count))) return;
            await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }
}
