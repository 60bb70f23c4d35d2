using System.Diagnostics.CodeAnalysis;

namespace Azure.Data.Tables.Wire;

/// <summary>Endpoint and key out of "Name=value;.." of either the emulator or an account with its key.</summary>
internal sealed record ConnectionString(Uri Endpoint, TableSharedKeyCredential Credential)
{
    // The emulator's account and key are public and the same everywhere.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <exception cref="ArgumentException">The text names neither the emulator nor an account with key and endpoint.</exception>
    public static ConnectionString Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var settings = Split(text);
        if (settings.TryGetValue("UseDevelopmentStorage", out var emulator) &&
            string.Equals(emulator, "true", StringComparison.OrdinalIgnoreCase))
        {
            var proxy = new Uri(settings.GetValueOrDefault("DevelopmentStorageProxyUri", "http://127.0.0.1"));
            return new(
                new Uri($"{proxy.Scheme}://{proxy.Host}:10002/{EmulatorAccount}"), new(EmulatorAccount, EmulatorKey));
        }

        if (!settings.TryGetValue("AccountName", out var account) || !settings.TryGetValue("AccountKey", out var key) ||
            !TryGetEndpoint(settings, account, out var endpoint))
            throw new ArgumentException("No valid combination of account information found.", nameof(text));

        return new(endpoint, new(account, key));
    }

    private static bool TryGetEndpoint(
        Dictionary<string, string> settings, string account, [NotNullWhen(true)] out Uri? endpoint)
    {
        if (settings.TryGetValue("TableEndpoint", out var given))
            return Uri.TryCreate(given, UriKind.Absolute, out endpoint);

        endpoint = null;
        var protocol = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        return settings.TryGetValue("EndpointSuffix", out var suffix) &&
            Uri.TryCreate($"{protocol}://{account}.table.{suffix}", UriKind.Absolute, out endpoint);
    }

    private static Dictionary<string, string> Split(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var segment in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = segment.IndexOf('=', StringComparison.Ordinal);
            // Never the text itself: it holds a key.
            if (equals <= 0 || !settings.TryAdd(segment[..equals], segment[(equals + 1)..]))
                throw new InvalidOperationException("Connection string doesn't have value for keyword, or repeats one.");
        }

        return settings;
    }
}
