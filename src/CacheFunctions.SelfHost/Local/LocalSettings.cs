using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Settings;

namespace CacheFunctions.SelfHost.Local;

/// <summary>Reads settings as <c>func</c> does: the Values of local.settings.json, then the environment, then the command line.</summary>
internal static class LocalSettings
{
    private const string FileName = "local.settings.json";
    private const string ServerLog = "Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <param name="root">The folder with host.json.</param>
    /// <exception cref="CacheException">local.settings.json is not what func would read.</exception>
    public static IConfiguration Read(string root, string[] args) => new ConfigurationBuilder()
        .AddInMemoryCollection(Defaults)
        .AddInMemoryCollection(ReadValues(Path.Combine(root, FileName)))
        .AddEnvironmentVariables("ASPNETCORE_")
        .AddEnvironmentVariables()
        .AddCommandLine(args)
        .Build();

    public static WebApplicationBuilder CreateBuilder(string root, IConfiguration settings)
    {
        // What the other builders add is not used (routing, host filtering, settings files that are watched together with all
        // that lies beside them), and each start would pay for it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = root });
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole()
            .Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.SpanId | ActivityTrackingOptions.TraceId | ActivityTrackingOptions.ParentId);
        builder.WebHost.UseKestrelCore();
        if (builder.Configuration["Schedules:Cleanup"] is null)
            builder.Configuration["Schedules:Cleanup"] = CleanupSchedule.Of(new SettingsReader(builder.Configuration));
        // For its log's sake the server would make a trace and a scope of each request, which nobody writes.
        if (!string.Equals(builder.Configuration["Logging:Console:FormatterOptions:IncludeScopes"], "true", StringComparison.OrdinalIgnoreCase))
            builder.Configuration[ServerLog] ??= "None";
        return builder;
    }

    private static Dictionary<string, string?> Defaults => new()
    {
        ["urls"] = "http://localhost:8080",
        ["Schedules:Frequent"] = "0 * * * * *",
        ["Schedules:Maintenance"] = "0 30 3 * * *",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Azure"] = "Error",
        // A start that fails says why in one line of its own; the framework would print its stack beside it.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
    };

    /// <summary>The folder with host.json: here or above, where the service was started or where it was built.</summary>
    public static string ContentRoot()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "host.json"))) return folder.FullName;
        }

        return AppContext.BaseDirectory;
    }

    /// <exception cref="CacheException">The file is not what func would read.</exception>
    private static IEnumerable<KeyValuePair<string, string?>> ReadValues(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            using var file = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (!file.RootElement.TryGetProperty("Values", out var values)) return [];
            return [.. values.EnumerateObject().Select(value => KeyValuePair.Create(
                value.Name.Replace("__", ":", StringComparison.Ordinal),
                (string?)(value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString() : value.Value.GetRawText())))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CacheException(
                ErrorCode.InvalidArgument, $"{FileName} must be a JSON object with \"Values\": {{ \"name\": \"value\" }}. {error.Message}");
        }
    }
}
