using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using CacheFunctions.Storage.Contents;
using Microsoft.AspNetCore.WebUtilities;

namespace CacheFunctions.Tests.Storage.Contents;

/// <summary>
/// Addresses signed by a user delegation key, as the service does where it has an identity and no account key. The emulator gives no such
/// keys, so storage is stood in for where it gives one.
/// </summary>
public sealed class BlobPresignerTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Storage _storage = new();
    private readonly BlobClient _blob;
    private readonly BlobPresigner _presigner;

    public BlobPresignerTests()
    {
        var options = new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(_storage)) };
        var service = new BlobServiceClient(new Uri("https://account.blob.core.windows.net"), new Identity(), options);
        _blob = service.GetBlobContainerClient("files").GetBlobClient("blog/app/ä b.txt");
        _presigner = new BlobPresigner(service, _time);
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task An_address_carries_the_rights_the_time_and_the_signature_of_a_delegation_key()
    {
        var download = await _presigner.DownloadAsync(_blob, "ä b.txt", "text/plain", TimeSpan.FromMinutes(5), default);
        var upload = await _presigner.ReplaceAsync(_blob, "text/plain", TimeSpan.FromMinutes(5), default);
        foreach (var (url, rights) in new[] { (download, "r"), (upload.Url, "cw") })
        {
            Assert.Equal("https://account.blob.core.windows.net/files/blog/app/%C3%A4%20b.txt", url.GetLeftPart(UriPartial.Path));
            var query = QueryHelpers.ParseQuery(url.Query);
            Assert.Equal((rights, "b", "https"), (query["sp"].ToString(), query["sr"].ToString(), query["spr"].ToString()));
            Assert.Equal("2026-01-01T00:05:00Z", query["se"]);
            Assert.Equal((Storage.Object, Storage.Tenant), (query["skoid"].ToString(), query["sktid"].ToString()));
            Assert.Equal(SignatureOf(query), query["sig"]);
        }

        Assert.Equal(("PUT", "BlockBlob"), (upload.Method, upload.Headers["x-ms-blob-type"]));
        Assert.Equal("attachment; filename*=utf-8''%C3%A4%20b.txt", QueryHelpers.ParseQuery(download.Query)["rscd"]);
    }

    [Fact]
    public async Task A_key_is_asked_for_once_as_long_as_it_outlives_the_address()
    {
        for (var i = 0; i < 3; i++) await _presigner.UploadAsync(_blob, TimeSpan.FromHours(1), default);
        Assert.Equal(["2026-01-02T00:00:00Z"], _storage.Asked);
        await _presigner.UploadAsync(_blob, TimeSpan.FromDays(7), default);
        Assert.Equal("2026-01-08T00:00:00Z", _storage.Asked[1]);
        _time.Advance(TimeSpan.FromDays(6));
        await _presigner.UploadAsync(_blob, TimeSpan.FromHours(1), default);
        Assert.Equal(2, _storage.Asked.Count);
        _time.Advance(TimeSpan.FromDays(1));
        await _presigner.UploadAsync(_blob, TimeSpan.FromHours(1), default);
        Assert.Equal(3, _storage.Asked.Count);
    }

    /// <summary>The string to sign of a user delegation SAS, in the version that the address names (2020-12-06 and later).</summary>
    private static string SignatureOf(Dictionary<string, Microsoft.Extensions.Primitives.StringValues> query)
    {
        string[] names = ["sp", "st", "se", null!, "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid", "sip", "spr", "sv", "sr", "", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"];
        var values = names.Select(name => name is null ? "/blob/account/files/blog/app/ä b.txt" : query.TryGetValue(name, out var value) ? value.ToString() : "");
        return Convert.ToBase64String(HMACSHA256.HashData(Storage.Key, Encoding.UTF8.GetBytes(string.Join('\n', values))));
    }

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    /// <summary>Gives a key until when it is asked for, and nothing else.</summary>
    private sealed class Storage : HttpMessageHandler
    {
        public const string Object = "5f0b6f1e-7a0c-4c57-9f6c-6dfc38a5d6a1";
        public const string Tenant = "72a9b7f3-3f2c-4a39-9a43-0b8d7d8f4f10";

        public static byte[] Key { get; } = SHA256.HashData("a key for tests"u8);

        /// <summary>Until when.</summary>
        public List<string> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal((HttpMethod.Post, "?restype=service&comp=userdelegationkey"), (request.Method, request.RequestUri!.Query));
            var body = System.Xml.Linq.XDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            var expiry = body.Root!.Element("Expiry")!.Value;
            Asked.Add(DateTimeOffset.Parse(expiry, CultureInfo.InvariantCulture).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    $"""
                    <?xml version="1.0" encoding="utf-8"?>
                    <UserDelegationKey><SignedOid>{Object}</SignedOid><SignedTid>{Tenant}</SignedTid><SignedStart>2026-01-01T00:00:00Z</SignedStart>
                    <SignedExpiry>{Asked[^1]}</SignedExpiry><SignedService>b</SignedService><SignedVersion>2020-12-06</SignedVersion>
                    <Value>{Convert.ToBase64String(Key)}</Value></UserDelegationKey>
                    """,
                    Encoding.UTF8,
                    "application/xml"),
            };
        }
    }
}
