using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("UseDevelopmentStorage=true", "devstoreaccount1", "http://127.0.0.1:10002/devstoreaccount1")]
    [InlineData(
        "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite", "devstoreaccount1", "http://azurite:10002/devstoreaccount1")]
    [InlineData("AccountName=a;AccountKey=AA==;EndpointSuffix=core.windows.net", "a", "https://a.table.core.windows.net/")]
    [InlineData(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AA==;EndpointSuffix=core.chinacloudapi.cn;",
        "a",
        "http://a.table.core.chinacloudapi.cn/")]
    [InlineData("AccountName=a;AccountKey=AA==;TableEndpoint=http://127.0.0.1:5/a", "a", "http://127.0.0.1:5/a")]
    public void An_account_is_found_in(string text, string account, string endpoint)
    {
        var service = new TableServiceClient(text);

        Assert.Equal((account, endpoint), (service.AccountName, service.Uri.ToString()));
    }

    [Theory]
    [InlineData("", typeof(ArgumentException))]
    [InlineData("AccountName=a;AccountKey=AA==", typeof(ArgumentException))]
    [InlineData("AccountName=a;EndpointSuffix=core.windows.net", typeof(ArgumentException))]
    [InlineData("AccountKey=AA==;EndpointSuffix=core.windows.net", typeof(ArgumentException))]
    [InlineData("AccountName=a;AccountKey=AA==;TableEndpoint=nowhere", typeof(ArgumentException))]
    [InlineData("AccountName=a;AccountKey=%;EndpointSuffix=core.windows.net", typeof(FormatException))]
    [InlineData("AccountName", typeof(InvalidOperationException))]
    [InlineData("AccountName=a;AccountName=b", typeof(InvalidOperationException))]
    public void An_unusable_text_is_refused(string text, Type exception) =>
        Assert.Throws(exception, () => new TableServiceClient(text));

    [Fact]
    public void A_refusal_does_not_show_the_key()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new TableServiceClient("AccountName=a;AccountKey=c2VjcmV0"));

        Assert.DoesNotContain("c2VjcmV0", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://account.table.core.windows.net", "account", "https://account.table.core.windows.net/files")]
    [InlineData("https://account.table.core.windows.net/", "account", "https://account.table.core.windows.net/files")]
    [InlineData("http://127.0.0.1:10002/account/", "account", "http://127.0.0.1:10002/account/files")]
    public void A_client_knows_its_address(string endpoint, string account, string address)
    {
        var table = new TableClient(new Uri(endpoint), "files", new TableSharedKeyCredential(account, "AA=="));

        Assert.Equal((account, address, "files"), (table.AccountName, table.Uri.ToString(), table.Name));
    }
}
