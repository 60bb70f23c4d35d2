using CacheFunctions.IntegrationTests.Service;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Overload;

/// <summary>Storage that says that it is busy: the service asks again more slowly, gives up in good time, and recovers.</summary>
public sealed class BusyStorageTests
{
    // As often as a request is sent to storage before the caller is told: once, and three times again.
    private const int Attempts = 4;

    [Fact]
    public async Task Storage_that_is_busy_for_a_moment_is_asked_again_and_busy_for_longer_answers_503_until_it_is_not()
    {
        var (blobs, tables, connection) = await BusyStorage.StartAsync(await StorageEmulator.NewAccountAsync());
        await using var blobsEnd = blobs;
        await using var tablesEnd = tables;
        await using var service = await TestService.StartAsync("--AzureWebJobsStorage", connection);
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";

        tables.Refuse(2);
        blobs.Refuse(2);
        Assert.Equal("one", await service.Http.GetStringAsync(address + "/content"));
        Assert.Equal((2, 2), (tables.Refused, blobs.Refused));

        tables.Refuse(int.MaxValue);
        blobs.Refuse(int.MaxValue);
        using (var read = await service.Http.GetAsync(address))
        {
            await ErrorAsync(503, "unavailable", read);
            Assert.NotNull(read.Headers.RetryAfter);
        }

        Assert.Equal(2 + Attempts, tables.Refused);
        using (var save = await service.Http.PutAsync(address + "/content", new StringContent("lost")))
            await ErrorAsync(503, "unavailable", save);
        using (var ready = await service.Http.GetAsync("/api/ready"))
            await ErrorAsync(503, "unavailable", ready);
        await DataAsync(await service.Http.GetAsync("/api/health"));

        tables.Refuse(0);
        blobs.Refuse(0);
        Assert.Equal(2, (await DataAsync(await service.Http.PutAsync(address + "/content", new StringContent("two")))).GetProperty("version").GetInt64());
        Assert.Equal("two", await service.Http.GetStringAsync(address + "/content"));
    }
}
