using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Export;
using CacheFunctions.Dashboard;
using CacheFunctions.Directories;
using CacheFunctions.Events;
using CacheFunctions.Files;
using CacheFunctions.Jobs;
using CacheFunctions.OpenApi;
using CacheFunctions.Origins;
using CacheFunctions.Service;
using CacheFunctions.Sessions;
using CacheFunctions.Uploads;

namespace CacheFunctions;

/// <summary>
/// The classes that functions are in. Listed, because to look for them the runtime would have to load each type of the service, at each
/// start; a test holds that none is missing.
/// </summary>
public static class FunctionClasses
{
    public static IReadOnlyList<Type> All =>
    [
        typeof(CachedContentFunctions),
        typeof(CachedExportFunctions),
        typeof(CachedFileFunctions),
        typeof(CachedListFunctions),
        typeof(CachedOperationFunctions),
        typeof(CachedStatisticsFunctions),
        typeof(CacheEventFunctions),
        typeof(CacheUpkeepFunctions),
        typeof(DashboardFunctions),
        typeof(DirectoryCleaningFunctions),
        typeof(DirectoryContentFunctions),
        typeof(DirectoryFunctions),
        typeof(FileFunctions),
        typeof(FileUrlFunctions),
        typeof(HealthFunctions),
        typeof(JobFunctions),
        typeof(LockFunctions),
        typeof(OpenApiFunctions),
        typeof(OriginFunctions),
        typeof(SessionContentFunctions),
        typeof(SessionFunctions),
        typeof(SessionOverviewFunctions),
        typeof(SessionVersionFunctions),
        typeof(SimulationFunctions),
        typeof(StorageEventFunctions),
        typeof(TimerFunctions),
        typeof(UploadFunctions),
        typeof(WarmFunctions),
    ];
}
