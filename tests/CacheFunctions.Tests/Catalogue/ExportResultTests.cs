using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Export;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>A download that cannot be made is an error, not an empty file.</summary>
public sealed class ExportResultTests
{
    [Theory]
    [InlineData(ExportFormat.Csv)]
    [InlineData(ExportFormat.Json)]
    [InlineData(ExportFormat.Txt)]
    public async Task Where_storage_does_not_answer_nothing_is_sent(ExportFormat format)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        var export = new ExportResult(Failing(), format, false, DateTimeOffset.UnixEpoch);
        await Assert.ThrowsAsync<CacheException>(() => export.ExecuteAsync(context));
        Assert.Equal(0, body.Length);
        Assert.False(context.Response.Headers.ContainsKey("Content-Disposition"));
    }

    private static async IAsyncEnumerable<CachedFile> Failing()
    {
        await Task.CompletedTask;
        throw CacheException.Unavailable("Storage does not answer.");
#pragma warning disable CS0162 // An iterator needs it.
        yield break;
#pragma warning restore CS0162
    }
}
