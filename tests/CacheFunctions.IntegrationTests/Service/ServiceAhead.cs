using System.Globalization;
using CacheFunctions.SelfHost;
using CacheFunctions.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>The self-host as if it were later than it is, and as if files were large from fewer bytes on.</summary>
/// <param name="Time">By how much its clock is ahead.</param>
/// <param name="LargeBytes">See <see cref="SessionSettings.LargeBytes"/>.</param>
public sealed record ServiceAhead(TimeSpan Time, long LargeBytes)
{
    internal string[] Arguments =>
    [
        "serve-ahead",
        Time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        LargeBytes.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>What the process does, until it is killed.</summary>
    internal static async Task<int> RunAsync(string seconds, string largeBytes, string[] settings)
    {
        var time = new AheadTime(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        await using var service = await LocalService.StartAsync(settings, services =>
        {
            var configured = (SessionSettings)services.Last(each => each.ServiceType == typeof(SessionSettings)).ImplementationInstance!;
            services.AddSingleton(configured with { LargeBytes = long.Parse(largeBytes, CultureInfo.InvariantCulture) });
            services.AddSingleton<TimeProvider>(time);
        });
        await service.App.WaitForShutdownAsync();
        return 0;
    }

    private sealed class AheadTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
