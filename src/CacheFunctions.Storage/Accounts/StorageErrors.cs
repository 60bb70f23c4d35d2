using Azure;
using CacheFunctions.Errors;

namespace CacheFunctions.Storage.Accounts;

/// <summary>Turns the storage libraries' failures into this service's one exception, at the boundary.</summary>
internal static class StorageErrors
{
    /// <summary>Failures that are the account's, the network's or a bug's, never the caller's.</summary>
    public static CacheException Translate(Exception error) => error switch
    {
        CacheException own => own,
        RequestFailedException { Status: 401 or 403 } refused => CacheException.Unavailable(
            $"Storage refused this service's identity ({refused.ErrorCode}). Check AzureWebJobsStorage and its role assignments.", refused),
        RequestFailedException { Status: 429 } busy => CacheException.Unavailable("Storage is busy. Try again.", busy),
        RequestFailedException failed => CacheException.Unavailable(
            $"Storage did not answer as it should ({failed.Status} {failed.ErrorCode}). Try again.", failed),
        _ => CacheException.Unavailable("Storage cannot be reached. Try again.", error),
    };

    public static bool IsTransport(Exception error) =>
        error is RequestFailedException or AggregateException or IOException or HttpRequestException or TaskCanceledException;
}
