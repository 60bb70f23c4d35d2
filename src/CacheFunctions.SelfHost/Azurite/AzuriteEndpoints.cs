using System.Text.RegularExpressions;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>Where Azurite listens: the system chooses the ports, and Azurite prints them one after the other.</summary>
internal sealed partial class AzuriteEndpoints
{
    private static readonly string[] Services = ["Blob", "Queue", "Table"];

    private readonly Dictionary<string, string> _addresses = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when all services listen.</summary>
    public Task Complete => _complete.Task;

    public void Read(string line)
    {
        if (Listening().Match(line) is not { Success: true } match) return;
        _addresses[match.Groups["service"].Value] = match.Groups["address"].Value;
        if (_addresses.Count == Services.Length) _complete.TrySetResult();
    }

    public string ConnectionStringOf(AzuriteAccount account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account.Name};AccountKey={account.Key};"
        + string.Concat(Services.Select(service => $"{service}Endpoint={_addresses[service]}/{account.Name};"));

    [GeneratedRegex("^Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>http://[^ ]+)$")]
    private static partial Regex Listening();
}
