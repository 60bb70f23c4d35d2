using System.ComponentModel;
using System.Diagnostics;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>
/// A running Azurite that lives as long as this object, and no longer than this process: however that ends, Azurite
/// writes its state down, if anybody may read it, and exits.
/// </summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    // More than the ten seconds after which run.mjs ends itself.
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly LocalDataDirectory _data;
    private readonly TimeProvider _time;
    private readonly AzuriteEndpoints _endpoints = new();
    private readonly LastLines _output;
    private readonly LastLines _errors = new();
    private readonly Task _reading;
    private bool _disposed;

    private AzuriteProcess(Process process, LocalDataDirectory data, TimeProvider time)
    {
        _process = process;
        _data = data;
        _time = time;
        _output = new LastLines(_endpoints.Read);
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _errors.ReadAsync(process.StandardError));
        Exited = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Of the account <c>devstoreaccount1</c>.</summary>
    public string ConnectionString => ConnectionStringOf(AzuriteAccount.Default);

    public int ProcessId => _process.Id;

    /// <summary>Ends when Azurite does; before this object is disposed, that is a failure.</summary>
    public Task Exited { get; }

    public string ConnectionStringOf(AzuriteAccount account) => _endpoints.ConnectionStringOf(account);

    /// <param name="dataDirectory">Made if need be. Held by this process until the end.</param>
    /// <param name="accounts">Accounts besides <see cref="AzuriteAccount.Default"/>.</param>
    /// <param name="isForgotten">Whether nobody reads the data once Azurite has ended, so that it need not write down what it holds in memory.</param>
    /// <exception cref="CacheException">The directory is in use, or Azurite could not be started.</exception>
    public static async Task<AzuriteProcess> StartAsync(
        AzuriteInstallation installation,
        string dataDirectory,
        TimeProvider time,
        CancellationToken cancellationToken,
        IReadOnlyCollection<AzuriteAccount>? accounts = null,
        bool isForgotten = false)
    {
        var data = LocalDataDirectory.Open(dataDirectory);
        AzuriteProcess? azurite = null;
        try
        {
            var pidFile = Path.Combine(data.Path, ".azurite.pid");
            await PreviousAzurite.WaitUntilGoneAsync(pidFile, time, cancellationToken).ConfigureAwait(false);
            var start = AzuriteCommand.For(installation, data.Path, pidFile, [AzuriteAccount.Default, .. accounts ?? []], isForgotten);
            azurite = new AzuriteProcess(Process.Start(start)!, data, time);
            await azurite.WaitUntilListeningAsync(cancellationToken).ConfigureAwait(false);
            return azurite;
        }
        catch (Exception e)
        {
            if (azurite is null) data.Dispose();
            else await azurite.DisposeAsync().ConfigureAwait(false);
            if (e is Win32Exception) throw new CacheException(ErrorCode.Unavailable, $"Azurite could not be started: {e.Message}", null, e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        try
        {
            await Exited.WaitAsync(ExitPatience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited.ConfigureAwait(false);
        }

        await _reading.ConfigureAwait(false);
        _process.Dispose();
        _data.Dispose();
    }

    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        try
        {
            var first = await Task.WhenAny(_endpoints.Complete, Exited).WaitAsync(StartPatience, _time, cancellationToken).ConfigureAwait(false);
            if (first != Exited) return;
        }
        catch (TimeoutException)
        {
            throw Failed($"Azurite did not answer within {StartPatience.TotalSeconds:0} s");
        }

        await _reading.ConfigureAwait(false);
        throw Failed($"Azurite ended at its start (exit code {_process.ExitCode})");
    }

    private CacheException Failed(string problem) => new(
        ErrorCode.Unavailable,
        $"{problem}. Its data lie in {_data.Path}. It said:{Environment.NewLine}{_output}{Environment.NewLine}{_errors}".TrimEnd());
}
