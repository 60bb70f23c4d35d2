using Azure.Identity;
using Azure.Storage.Blobs;
using CacheFunctions.Errors;
using CacheFunctions.Settings;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>The address of a blob origin's container. It may hold a signature, so no message ever shows it.</summary>
internal static class ContainerAddress
{
    /// <exception cref="CacheException">It is missing or wrong.</exception>
    public static Uri Read(SettingsReader read, string name)
    {
        if (!Uri.TryCreate(read.RequiredText(name), UriKind.Absolute, out var address)
            || !(address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback)))
        {
            throw SettingsReader.Wrong(
                name, "is not an https address; it must be like https://account.blob.core.windows.net/container (http only on this machine).");
        }

        var parts = new BlobUriBuilder(address);
        return parts.BlobContainerName.Length > 0 && parts.BlobName.Length == 0
            ? address
            : throw SettingsReader.Wrong(name, "must name a container and nothing in it, like https://account.blob.core.windows.net/container.");
    }

    /// <summary>
    /// In the service's own account by that account's key or identity; elsewhere by the signature in the address, or by
    /// the service's identity.
    /// </summary>
    public static BlobPlace Open(string origin, Uri address, StorageAccount account)
    {
        if (address.Query.Length > 1) return new BlobPlace(origin, account.ContainerAt(address, null), null, null);
        var parts = new BlobUriBuilder(address);
        var own = account.Blobs.GetBlobContainerClient(parts.BlobContainerName);
        if (Uri.Compare(own.Uri, address, UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
            return new BlobPlace(origin, own, account, account.Credential);
        if (address.Scheme != "https")
            throw CacheException.Unavailable($"Origins:{origin}:ContainerUri is http and not in the service's own account, so it needs a signature.");
        var credential = account.Credential ?? new DefaultAzureCredential();
        return new BlobPlace(origin, account.ContainerAt(address, credential), null, credential);
    }
}
