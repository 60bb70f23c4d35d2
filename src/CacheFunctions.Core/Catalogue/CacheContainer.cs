using CacheFunctions.Errors;

namespace CacheFunctions.Catalogue;

/// <summary>How callers name what lies in the cache container: <c>/cache/{name}</c>, or by its address in the storage account.</summary>
/// <param name="Address">The container's; null: copies do not lie in a storage account.</param>
public sealed record CacheContainer(Uri? Address)
{
    private const string Prefix = "/cache/";

    public static string PathOf(string name) => Prefix + name;

    public static bool IsAddress(string cachedPath) =>
        cachedPath.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || cachedPath.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <param name="cachedPath">As a caller gave it.</param>
    /// <returns>null: it names nothing in the container.</returns>
    /// <exception cref="CacheException">InvalidArgument: an address outside of the container.</exception>
    public string? NameOf(string cachedPath)
    {
        if (cachedPath.StartsWith(Prefix, StringComparison.Ordinal)) return cachedPath[Prefix.Length..];
        if (!IsAddress(cachedPath)) return null;
        if (Address is not null && Uri.TryCreate(cachedPath, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "", UserInfo: "" }
            && uri.AbsoluteUri.StartsWith(Address.AbsoluteUri.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            return Uri.UnescapeDataString(uri.AbsoluteUri[(Address.AbsoluteUri.TrimEnd('/').Length + 1)..]);
        }

        throw CacheException.Invalid(
            "cached_path", $"is an address outside of the cache container{(Address is null ? "" : $" ({Address})")}, or has a query. Name a blob of it, or a file of an origin.");
    }
}
