using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace CacheFunctions.Benchmarks;

/// <summary>What memory a process takes, together with those it has started.</summary>
/// <param name="allocations">Where it tells what it has allocated, which <see cref="StartupHook"/> does; null: it does not.</param>
internal sealed class MeasuredProcess(Process process, string? allocations = null)
{
    /// <summary>In bytes, of memory that is in use at this moment.</summary>
    public long Resident => Sum("VmRSS:");

    /// <summary>The highest since <see cref="ResetPeak"/>, in bytes.</summary>
    public long Peak => Sum("VmHWM:");

    /// <summary>What it has allocated of managed memory since it was started, in bytes; null: it does not tell.</summary>
    public long? Allocated
    {
        get
        {
            if (allocations is null) return null;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(allocations));
            using var told = new BinaryReader(new NetworkStream(socket));
            return told.ReadInt64();
        }
    }

    public void ResetPeak()
    {
        foreach (var id in Family()) File.WriteAllText($"/proc/{id}/clear_refs", "5");
    }

    private long Sum(string name) => Family().Sum(id =>
    {
        var line = File.ReadLines($"/proc/{id}/status").First(each => each.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    });

    private IEnumerable<string> Family() =>
        File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Append($"{process.Id}");
}
