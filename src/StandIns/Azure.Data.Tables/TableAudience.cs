namespace Azure.Data.Tables;

/// <summary>The resource that a token is asked for: one of the clouds, or a URL of its own.</summary>
public readonly struct TableAudience
{
    private const string ScopeSuffix = "/.default";

    private readonly string _url;

    public TableAudience(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _url = value;
    }

    public static TableAudience AzureChina { get; } = new("https://storage.azure.cn");

    public static TableAudience AzureGovernment { get; } = new("https://storage.azure.us");

    public static TableAudience AzurePublicCloud { get; } = new("https://storage.azure.com");

    public static implicit operator TableAudience(string value) => new(value);

    internal string Scope => _url.EndsWith(ScopeSuffix, StringComparison.OrdinalIgnoreCase)
        ? _url
        : _url.TrimEnd('/') + ScopeSuffix;
}
