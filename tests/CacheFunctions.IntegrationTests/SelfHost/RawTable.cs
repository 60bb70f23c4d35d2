using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.IntegrationTests.SelfHost;

/// <summary>A table spoken to by plain HTTP, to test the emulator apart from the table client of this service.</summary>
internal sealed class RawTable(string connectionString)
{
    private static readonly HttpClient Http = new();

    private readonly Dictionary<string, string> _settings = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public async Task CreateAsync(string table)
    {
        using var response = await SendAsync(HttpMethod.Post, "Tables", $$"""{"TableName":"{{table}}"}""");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    public async Task InsertAsync(string table, string key, string value)
    {
        using var response = await SendAsync(HttpMethod.Post, table, $$"""{"PartitionKey":"p","RowKey":"{{key}}","Value":"{{value}}"}""");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    public async Task<string> ReadAsync(string table, string key)
    {
        using var response = await SendAsync(HttpMethod.Get, $"{table}(PartitionKey='p',RowKey='{key}')", null);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string resource, string? body)
    {
        using var request = new HttpRequestMessage(method, $"{_settings["TableEndpoint"]}/{resource}");
        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        var signed = $"{date}\n/{_settings["AccountName"]}{request.RequestUri!.AbsolutePath}";
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(_settings["AccountKey"]), Encoding.UTF8.GetBytes(signed)));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKeyLite", $"{_settings["AccountName"]}:{signature}");
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2019-02-02");
        request.Headers.Add("Accept", "application/json;odata=minimalmetadata");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Http.SendAsync(request);
    }
}
