using System.Net.Sockets;
using System.Text;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>Sends bytes as they are, which no HTTP client would.</summary>
internal static class RawClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="isCutOff">Whether the client ends its side after the last byte.</param>
    /// <returns>null: the server hung up without an answer.</returns>
    public static async Task<Answer?> SendAsync(Uri address, byte[] request, bool isCutOff)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, patience.Token);
        using var received = new MemoryStream();
        var receiving = ReceiveAsync(client.Client, received, patience.Token);
        try
        {
            await client.Client.SendAsync(request, SocketFlags.None, patience.Token);
            if (isCutOff) client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has answered, and hung up, before it read all.
        }

        await receiving;
        return Answer.Read(received.ToArray());
    }

    /// <summary>Events never end by themselves: who has got the first has got an answer.</summary>
    private static bool IsOpenStream(MemoryStream received)
    {
        var text = Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)received.Length);
        return text.Contains("Content-Type: text/event-stream\r\n", StringComparison.Ordinal) && text.EndsWith("\n\n\r\n", StringComparison.Ordinal);
    }

    private static async Task ReceiveAsync(Socket socket, MemoryStream received, CancellationToken cancellation)
    {
        var buffer = new byte[16_384];
        try
        {
            for (int count; !IsOpenStream(received) && (count = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellation)) > 0;)
                received.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // What came before counts.
        }
    }
}
