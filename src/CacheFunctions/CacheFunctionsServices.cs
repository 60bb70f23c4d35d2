using CacheFunctions.Callers;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Directories;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Simulating;
using CacheFunctions.Events;
using CacheFunctions.Events.Live;
using CacheFunctions.Events.Relay;
using CacheFunctions.Files;
using CacheFunctions.Files.Log;
using CacheFunctions.Uploads;
using CacheFunctions.Hits;
using CacheFunctions.Http;
using CacheFunctions.Http.Limits;
using CacheFunctions.Idempotency;
using CacheFunctions.Jobs;
using CacheFunctions.Observability;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Service;
using CacheFunctions.Sessions;
using CacheFunctions.Settings;
using CacheFunctions.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CacheFunctions;

/// <summary>Registers the service. The composition roots add the stores and origins.</summary>
public static class CacheFunctionsServices
{
    /// <param name="isDevelopment">Whether the key that everybody knows will do where none is set.</param>
    /// <exception cref="Errors.CacheException">A setting is wrong.</exception>
    public static IServiceCollection AddCacheFunctions(this IServiceCollection services, IConfiguration configuration, bool isDevelopment)
    {
        var read = new SettingsReader(configuration);
        services.AddSingleton(EncryptionKeys.Read(read) ?? (isDevelopment ? KeyRing.Development : throw EncryptionKeys.Missing()));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IStartupFilter, RequestTrace>();
        // First of the hosted services: what is written at the end is told of, too.
        OtlpExport.Add(services, read);
        services.AddSingleton(SettingsOf.Sessions(read));
        services.AddSingleton(SettingsOf.Auth(read));
        services.AddSingleton<CallerResolver>();
        services.AddSingleton<StorageTransactions>();
        services.AddSingleton<ErrorAnswers>();
        services.AddSingleton(SettingsOf.Limits(read));
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<Api>();
        services.AddSingleton(provider => new SessionStore(
            new RecordTable(
                provider.GetRequiredService<IRecordStore>(),
                SessionStore.TableName,
                Shard.DefaultCount,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<IContentStore>(),
            provider.GetRequiredService<OriginSet>(),
            provider.GetRequiredService<JobStore>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(SettingsOf.Hot(read));
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<HotContent>>();
            return new HotContent(provider.GetRequiredService<HotSettings>())
            {
                DiskFailed = error => logger.LogWarning(error, "This machine's disk fails to keep content (Tier:Directory); it is read from storage"),
            };
        });
        services.AddSingleton<JobStore>();
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<JobRunner>>();
            return new JobRunner(provider.GetRequiredService<JobStore>(), provider.GetRequiredService<TimeProvider>())
            {
                Failed = (job, error) => logger.LogWarning(error, "Job {Job} ({Kind}, {Path}) failed", job.Id, job.Kind, job.FilePath),
            };
        });
        services.AddSingleton<RequestKeys>();
        services.AddSingleton<SessionService>();
        services.AddSingleton(SettingsOf.Catalogue(read));
        services.AddSingleton(provider => new CatalogueStore(
            new RecordTable(
                provider.GetRequiredService<IRecordStore>(),
                CatalogueStore.TableName,
                Shard.DefaultCount,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredKeyedService<IContentStore>(ContentName.Cache),
            provider.GetRequiredService<CacheContainer>(),
            provider.GetRequiredService<IContentStore>(),
            provider.GetService<IFileLinks>(),
            provider.GetRequiredService<OriginSet>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Notices(
            provider.GetRequiredService<IRecordStore>(), CatalogueStore.TableName, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredService<CatalogueStore>().CreateIndex(
            provider.GetRequiredService<IRecordStore>(), provider.GetRequiredService<Notices>()));
        services.AddSingleton<HitCounters>();
        services.AddSingleton(SettingsOf.Directories(read));
        services.AddKeyedSingleton(DirectoryStore.TableName, (provider, _) => new RecordTable(
            provider.GetRequiredService<IRecordStore>(),
            DirectoryStore.TableName,
            Shard.DefaultCount,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new DirectoryStore(
            provider.GetRequiredService<IRecordStore>(),
            provider.GetRequiredKeyedService<RecordTable>(DirectoryStore.TableName),
            provider.GetRequiredService<IContentStore>(),
            provider.GetRequiredService<OriginSet>(),
            provider.GetRequiredService<TimeProvider>(),
            hot: provider.GetRequiredService<HotContent>(),
            settings: provider.GetRequiredService<FileSettings>()));
        services.AddSingleton(provider => new DirectoryIndex(
            provider.GetRequiredService<IRecordStore>(),
            provider.GetRequiredKeyedService<RecordTable>(DirectoryStore.TableName),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccessTrace>();
        services.AddSingleton<DirectoriesService>();
        services.AddSingleton<CachedFilesService>();
        services.AddSingleton(provider => new FileLog(
            new RecordTable(
                provider.GetRequiredService<IRecordStore>(),
                FileLog.TableName,
                Shard.DefaultCount,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(SettingsOf.Files(read));
        services.AddSingleton<FileManager>();
        services.AddSingleton<ResumableUploads>();
        services.AddSingleton<LiveEvents>();
        services.AddSingleton<EventRelay>();
        services.AddHostedService<EventRelayLoop>();
        services.AddHostedService<FirstSettingsCheck>();
        services.AddHostedService<EndOfWork>();
        return services;
    }
}
