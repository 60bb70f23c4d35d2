using System.Net.Sockets;

/// <summary>
/// Runs in the processes that are measured, before their own code (.NET calls what DOTNET_STARTUP_HOOKS names, by this name and
/// in no namespace): tells who asks how many bytes of managed memory were allocated.
/// </summary>
internal static class StartupHook
{
    /// <summary>The setting with the path of the socket.</summary>
    public const string Address = "CACHEFUNCTIONS_BENCHMARK_ALLOCATIONS";

    public static void Initialize()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Environment.GetEnvironmentVariable(Address)!));
        listener.Listen();
        new Thread(() =>
        {
            while (true)
            {
                using var asking = listener.Accept();
                asking.Send(BitConverter.GetBytes(GC.GetTotalAllocatedBytes()));
            }
        })
        { IsBackground = true }.Start();
    }
}
