using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace CacheFunctions.IntegrationTests.Uploads;

/// <summary>The requests of a tus 1.0 client.</summary>
internal static class TusClient
{
    public static string Metadata(params (string Key, string Value)[] pairs) =>
        string.Join(',', pairs.Select(pair => $"{pair.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}"));

    public static Task<HttpResponseMessage> CreateAsync(HttpClient http, long length, string metadata) =>
        SendAsync(http, HttpMethod.Post, "/api/uploads", ("Upload-Length", Text(length)), ("Upload-Metadata", metadata));

    /// <returns>Where to send it.</returns>
    public static async Task<string> BeginAsync(HttpClient http, long length, string metadata)
    {
        using var answer = await CreateAsync(http, length, metadata);
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        Assert.Equal("1.0.0", Assert.Single(answer.Headers.GetValues("Tus-Resumable")));
        Assert.NotEmpty(answer.Headers.GetValues("Upload-Expires"));
        return answer.Headers.Location!.ToString();
    }

    /// <returns>How many bytes are there.</returns>
    public static async Task<long> OffsetAsync(HttpClient http, string upload)
    {
        using var answer = await SendAsync(http, HttpMethod.Head, upload);
        Assert.True(answer.IsSuccessStatusCode, $"{answer}");
        Assert.Equal("no-store", $"{answer.Headers.CacheControl}");
        return long.Parse(Assert.Single(answer.Headers.GetValues("Upload-Offset")), CultureInfo.InvariantCulture);
    }

    public static Task<HttpResponseMessage> PatchAsync(HttpClient http, string upload, long offset, byte[] bytes, string? checksum = null) =>
        PatchAsync(http, upload, offset, new ByteArrayContent(bytes), checksum);

    public static async Task<HttpResponseMessage> PatchAsync(HttpClient http, string upload, long offset, HttpContent content, string? checksum = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = content };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", Text(offset));
        if (checksum is not null) request.Headers.Add("Upload-Checksum", checksum);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        return await http.SendAsync(request);
    }

    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
