using CacheFunctions.SelfHost.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Tests.SelfHost;

public sealed class LocalSettingsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true, "--Logging:Console:FormatterOptions:IncludeScopes", "true")]
    [InlineData(true, "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Warning")]
    public void The_server_makes_scopes_of_requests_only_where_they_are_written(bool makes, params string[] settings)
    {
        using var app = LocalSettings.CreateBuilder(AppContext.BaseDirectory, LocalSettings.Read(AppContext.BaseDirectory, settings)).Build();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");
        Assert.Equal(makes, log.IsEnabled(LogLevel.Critical));
    }
}
