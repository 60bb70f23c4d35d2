using CacheFunctions.SelfHost;

namespace CacheFunctions.IntegrationTests.Service;

public sealed class FirstSettingsTests
{
    [Fact]
    public async Task A_service_stops_when_its_origin_tells_names_apart_in_another_way_than_at_the_first_start()
    {
        using var origin = new TempDirectory();
        var settings = TestService.SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);
        Assert.False(await StopsAsync(settings));
        Assert.False(await StopsAsync([.. settings, "--Origins:nas:CaseSensitive", "true"]));

        Assert.True(await StopsAsync([.. settings, "--Origins:nas:CaseSensitive", "false"]));
    }

    /// <summary>Whether it stops by itself, soon after its start.</summary>
    private static async Task<bool> StopsAsync(string[] settings)
    {
        await using var service = await LocalService.StartAsync(settings);
        var stopping = new TaskCompletionSource();
        using var registration = service.App.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        using var http = new HttpClient { BaseAddress = service.Address };
        // A few requests: the check runs beside them.
        for (var i = 0; i < 50 && !stopping.Task.IsCompleted; i++)
        {
            try
            {
                (await http.GetAsync("/api/ready")).Dispose();
            }
            catch (HttpRequestException)
            {
                await stopping.Task.WaitAsync(TimeSpan.FromSeconds(30));
            }
        }

        return stopping.Task.IsCompleted;
    }
}
