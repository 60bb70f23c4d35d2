using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Azurite;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.SelfHost.Local;
using CacheFunctions.Settings;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using Microsoft.AspNetCore.Connections;

namespace CacheFunctions.SelfHost;

/// <summary>The whole service in one process: the function classes on Kestrel, over the configured storage or a local Azurite.</summary>
public sealed class LocalService : IAsyncDisposable
{
    private readonly AzuriteProcess? _azurite;
    private bool _ending;

    private LocalService(WebApplication app, AzuriteProcess? azurite)
    {
        App = app;
        _azurite = azurite;
    }

    public WebApplication App { get; }

    /// <summary>Where it listens; the port is the real one, also when it was asked to choose.</summary>
    public Uri Address => new(App.Urls.First());

    /// <param name="args">As <c>--urls http://localhost:8081 --Sessions:SyncAfterSeconds 5</c>.</param>
    /// <param name="configure">Replaces services, for tests: the time, say.</param>
    /// <exception cref="CacheException">A setting is wrong, the port is taken, or the local storage cannot run.</exception>
    public static async Task<LocalService> StartAsync(string[] args, Action<IServiceCollection>? configure = null)
    {
        var root = LocalSettings.ContentRoot();
        // On another core beside the builder, which takes as long; so is the check of the storage's settings.
        var functions = Task.Run(() => FunctionCatalog.Of(FunctionClasses.All, HostJson.RoutePrefix(root, AppContext.BaseDirectory)));
        // What is written for machines must not follow the language of whoever started the service.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var settings = LocalSettings.Read(root, args);
        var storage = StorageSettingsReader.Read(new SettingsReader(settings));
        var storageChecked = storage is null ? Task.CompletedTask : Task.Run(() => StorageSettingsReader.Check(storage));
        var builder = LocalSettings.CreateBuilder(root, settings);
        var read = new SettingsReader(builder.Configuration);
        AzuriteProcess? azurite = null;
        WebApplication? app = null;
        try
        {
            var isCustomHandler = new CustomHandler(builder.Configuration).IsOn;
            builder.Services.AddCacheFunctions(builder.Configuration, isDevelopment: !isCustomHandler);
            string? data = null;
            string? demo = null;
            if (!isCustomHandler)
            {
                data = LocalDataDirectory.Choose(read.Text("Local:DataDirectory"), builder.Environment.ContentRootPath);
                demo = DemoOrigin.AddWhereNoneIsSet(builder.Configuration, data);
                if (storage is null) (azurite, storage) = await StartAzuriteAsync(data);
            }

            // Under the Functions host nothing stands in for what is not configured.
            if (storage is null) throw SettingsReader.Wrong("AzureWebJobsStorage", "is missing; it names the storage account.");

            Configure(builder, read, isCustomHandler);
            builder.Services.AddStorage(builder.Configuration, storage);
            builder.Services.AddFunctionHost(await functions);
            // After the check that callers need keys, which is the first thing to be said.
            builder.Services.AddHostedService<DevelopmentKeyCheck>();
            configure?.Invoke(builder.Services);
            app = builder.Build();
            await storageChecked;
            UsePipeline(app, isCustomHandler);
            await StartAsync(app);
            var service = new LocalService(app, azurite);
            if (azurite is not null) _ = service.StopWithAzuriteAsync(azurite);
            Greeting.Print(service.Address, demo, azurite is null ? null : data);
            return service;
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            if (azurite is not null) await azurite.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        // The service first: what it still has to write needs the storage.
        await App.DisposeAsync();
        if (_azurite is not null) await _azurite.DisposeAsync();
    }

    /// <summary>Without its storage the service can do nothing; a start anew brings both back.</summary>
    private async Task StopWithAzuriteAsync(AzuriteProcess azurite)
    {
        await azurite.Exited;
        if (_ending) return;
        App.Logger.LogCritical("The local Azurite has ended, so the service ends too. Start it again.");
        App.Lifetime.StopApplication();
    }

    private static async Task<(AzuriteProcess Process, StorageSettings Storage)> StartAzuriteAsync(string data)
    {
        var installation = await new AzuriteInstaller(Console.WriteLine, TimeProvider.System).EnsureInstalledAsync(default);
        var process = await AzuriteProcess.StartAsync(installation, data, TimeProvider.System, default);
        return (process, new StorageSettings(process.ConnectionString));
    }

    private static void Configure(WebApplicationBuilder builder, SettingsReader read, bool isCustomHandler)
    {
        // Which port it is the Functions host says; the server would warn of two answers.
        if (isCustomHandler) builder.WebHost.UseUrls();
        else UseSettingsOfServer(builder);
        CrossOrigin.Add(builder.Services, read);
        var maxBody = read.Number("Http:MaxBodyBytes", 0L);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = maxBody == 0 ? null : maxBody);
    }

    /// <summary>Certificates and addresses with them, as ASP.NET Core reads them from the settings <c>Kestrel</c>.</summary>
    private static void UseSettingsOfServer(WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.Configure(context.Configuration.GetSection("Kestrel")));
    }

    private static void UsePipeline(WebApplication app, bool isCustomHandler)
    {
        CrossOrigin.UsePolicy(app);
        // The Functions host cannot upgrade.
        if (!isCustomHandler) CrossOrigin.UseWebSockets(app);
        app.UseFunctionHost();
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new CacheException(
                ErrorCode.Conflict,
                $"{error.Message.TrimEnd('.')}. End what listens there, or choose another port: --urls http://localhost:8081",
                null,
                error);
        }
    }
}
