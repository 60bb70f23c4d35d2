using CacheFunctions.Errors;

namespace CacheFunctions.Files;

// The four errors of the fourth source document, under its names.

/// <summary>There is no such file, or none that the caller may know of.</summary>
public sealed class FileNotFoundError(FileAddress file)
    : CacheException(ErrorCode.FileNotFound, $"There is no file '{file}'.");

/// <summary>The upload failed, and what stood there before still stands. Trying again is safe.</summary>
public sealed class FileUploadError(string message, Exception? inner = null)
    : CacheException(ErrorCode.FileUploadFailed, message, null, inner);

/// <summary>What lies in storage cannot be served: it is damaged, or its key is missing.</summary>
public sealed class FileDownloadError(string message, Exception? inner = null)
    : CacheException(ErrorCode.FileDownloadFailed, message, null, inner);

/// <summary>Storage did not do what it was asked for. Trying again is safe.</summary>
public sealed class StorageError(string message, Exception? inner = null)
    : CacheException(ErrorCode.StorageError, message, null, inner);

/// <summary>Another version stands there since the file was found, or none. Finding it again tells which.</summary>
public sealed class FileReplacedError(FileAddress file)
    : CacheException(ErrorCode.Conflict, $"'{file}' was replaced at this moment. Ask again.");

internal static class FileErrors
{
    /// <summary>Runs what may fail because storage does not answer, and names that as the document does.</summary>
    /// <param name="name">null: as <see cref="StorageError"/>.</param>
    public static async Task<T> NamedAsync<T>(Func<Task<T>> work, Func<CacheException, CacheException>? name = null)
    {
        try
        {
            return await work();
        }
        catch (CacheException error) when (error.Code == ErrorCode.Unavailable)
        {
            throw name?.Invoke(error) ?? new StorageError(error.Message, error) { RetryAfter = error.RetryAfter };
        }
    }

    public static CacheException Upload(CacheException error) => new FileUploadError(error.Message, error) { RetryAfter = error.RetryAfter };
}
