using System.Runtime.InteropServices;
using CacheFunctions.Errors;

namespace CacheFunctions.Storage.Origins.Linux;

/// <summary>What the kernel's error numbers mean for a caller.</summary>
internal static class ErrorNumber
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotADirectory = 20;
    public const int Invalid = 22;
    public const int Loop = 40;
    public const int NotSupported = 95;

    private const int NoSuchDevice = 6;
    private const int AccessDenied = 13;
    private const int IsADirectory = 21;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NameTooLong = 36;
    private const int NoSuchCall = 38;
    private const int QuotaExceeded = 122;

    public static int Last => Marshal.GetLastPInvokeError();

    /// <param name="path">The path as the origin knows it; never this machine's.</param>
    public static CacheException Of(int number, string origin, string path) => number switch
    {
        NoEntry or NotADirectory => CacheException.NotFound($"The origin '{origin}' has no file {path}."),
        NotPermitted or AccessDenied => new CacheException(
            ErrorCode.Forbidden, $"The service may not open {path} on the origin '{origin}'. Check the rights there."),
        ReadOnlyFileSystem => new CacheException(ErrorCode.Forbidden, $"The origin '{origin}' is read-only."),
        NoSpace or QuotaExceeded => new CacheException(
            ErrorCode.QuotaExceeded, $"The origin '{origin}' is full. Free space there, then try again; nothing was changed."),
        NameTooLong => CacheException.Invalid("file_path", "is too long for the origin."),
        Loop or CrossDevice => CacheException.Invalid(
            "file_path", "goes through a symbolic link. Name the file by its own path."),
        // A socket or a device.
        NoSuchDevice => CacheException.Invalid("file_path", "names something that is not a file."),
        IsADirectory => CacheException.Invalid("file_path", "names a folder, not a file."),
        NoSuchCall => CacheException.Unavailable("Directory origins need Linux 5.6 or later (openat2)."),
        _ => CacheException.Unavailable($"The origin '{origin}' failed on {path} (error {number}). Try again."),
    };
}
