using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class CredentialTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Fact]
    public async Task A_wrong_key_is_refused_and_a_changed_key_is_used_at_once()
    {
        var right = account.ConnectionString.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal))[11..];
        var credential = new TableSharedKeyCredential(account.Service.AccountName, Convert.ToBase64String(new byte[64]));
        var service = new TableServiceClient(account.Service.Uri, credential);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => service.CreateTableAsync("signed"));
        credential.SetAccountKey(right);

        Assert.Equal(403, refusal.Status);
        Assert.Equal("signed", (await service.CreateTableAsync("signed")).Value.Name);
    }

    [Fact]
    public async Task A_signature_covers_date_account_and_encoded_path()
    {
        var transport = new CannedTransport(new CannedResponse(204));

        await Clients.Table(transport).DeleteEntityAsync("it's", "a b");

        var sent = transport.Sent.Single();
        var text = $"{sent.Headers["x-ms-date"]}\n/account/files(PartitionKey='it%27%27s',RowKey='a%20b')";
        var expected = Convert.ToBase64String(HMACSHA256.HashData(new byte[32], Encoding.UTF8.GetBytes(text)));
        Assert.Equal($"SharedKeyLite account:{expected}", sent.Headers["Authorization"]);
        Assert.True(DateTimeOffset.TryParseExact(
            sent.Headers["x-ms-date"], "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    [Theory]
    [InlineData(null, "https://storage.azure.com/.default")]
    [InlineData("https://example.org/", "https://example.org/.default")]
    [InlineData("https://example.org/.default", "https://example.org/.default")]
    public async Task A_token_is_asked_for_the_audience_and_sent(string? audience, string scope)
    {
        var transport = new CannedTransport(new CannedResponse(204));
        var credential = new FakeCredential();
        var options = Clients.Fast(new(), transport);
        if (audience is not null)
            options.Audience = audience;

        await new TableClient(Clients.Endpoint, "files", credential, options).AddEntityAsync(new TableEntity("p", "r"));

        Assert.Equal([scope], credential.Scopes);
        Assert.Equal("Bearer the-token", transport.Sent.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_token_goes_with_the_requests_of_a_tables_client_too()
    {
        var transport = new CannedTransport(new CannedResponse(204));
        var service = new TableServiceClient(Clients.Endpoint, new FakeCredential(), Clients.Fast(new(), transport));

        await service.GetTableClient("files").DeleteAsync();

        Assert.Equal("account", service.AccountName);
        Assert.Equal("Bearer the-token", transport.Sent.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_token_is_never_sent_in_the_clear()
    {
        var transport = new CannedTransport(new CannedResponse(204));
        var options = Clients.Fast(new(), transport);
        var table = new TableClient(new("http://account.table.core.windows.net"), "files", new FakeCredential(), options);

        await Assert.ThrowsAsync<InvalidOperationException>(() => table.DeleteAsync());

        Assert.Empty(transport.Sent);
    }

    private sealed class FakeCredential : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing here is synchronous.");

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return ValueTask.FromResult(new AccessToken("the-token", DateTimeOffset.MaxValue));
        }
    }
}
