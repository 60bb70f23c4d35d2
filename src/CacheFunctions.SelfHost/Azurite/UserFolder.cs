using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Azurite;

/// <summary>This service's folder among the user's own, for what is kept between runs.</summary>
internal static class UserFolder
{
    public static string Combine(params ReadOnlySpan<string> parts)
    {
        // DoNotVerify: a fresh account has no such folder yet.
        var root = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return root.Length == 0
            ? throw new CacheException(
                ErrorCode.Unavailable,
                "This account has no home folder for the local storage. Set HOME, or set AzureWebJobsStorage to the connection string of a storage account.")
            : Path.Combine([root, "CacheFunctions", .. parts]);
    }
}
