namespace CacheFunctions.Files;

/// <summary>Settings under <c>Files:</c>: how long an instance remembers what storage told of files. Bytes are the tier's (<c>Tier:</c>).</summary>
public sealed record FileSettings
{
    /// <summary>For how long what storage told is believed: so long may a change that was made elsewhere go unseen. 0: it is asked each time.</summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After that time a file's properties are read anew, even if storage has kept saying that they are the same.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>After that time a list is read anew, even if <see cref="FreshFor"/> is longer.</summary>
    public TimeSpan ListRetention { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Larger uploads are finished by jobs, as sessions are copied (<see cref="Sessions.SessionSettings.LargeBytes"/>).</summary>
    public long LargeBytes { get; init; } = new Sessions.SessionSettings().LargeBytes;
}
