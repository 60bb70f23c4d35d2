using CacheFunctions.Errors;

namespace CacheFunctions.Origins;

/// <summary>The configured origins, and how callers' paths find theirs.</summary>
public sealed class OriginSet
{
    private readonly NamedOrigin[] _origins;
    private readonly NamedOrigin? _default;

    /// <param name="origins">Each with the prefix by which callers name its root, ending in /.</param>
    /// <param name="defaultName">Where relative paths belong; null: the only one there is.</param>
    public OriginSet(IReadOnlyList<NamedOrigin> origins, string? defaultName)
    {
        // The longest prefix wins, so that an origin may lie beneath another.
        _origins = [.. origins.OrderByDescending(origin => origin.Prefix.Length)];
        _default = defaultName is not null
            ? _origins.Single(origin => origin.Origin.Name == defaultName)
            : _origins.Length == 1 ? _origins[0] : null;
    }

    public IReadOnlyList<NamedOrigin> All => _origins;

    /// <param name="filePath">Relative to the default origin, or a full path beneath an origin's prefix.</param>
    /// <param name="nasFilePath">A full path beneath an origin's prefix; decides when given.</param>
    /// <exception cref="CacheException">InvalidArgument: no origin holds it, or the path is malformed.</exception>
    public OriginPath Resolve(string filePath, string? nasFilePath)
    {
        if (nasFilePath is not null) return Beneath(nasFilePath, "nas_file_path") ?? throw Outside("nas_file_path");
        if (!filePath.StartsWith('/') && _default is null && Beneath(filePath, "file_path") is null)
            throw CacheException.Invalid("file_path", "is relative, and no DefaultOrigin is set: give nas_file_path.");
        return TryResolve(filePath, "file_path") ?? throw Outside("file_path");
    }

    /// <returns>null: the path is a full one that lies beneath no origin, or a relative one without a default origin.</returns>
    /// <exception cref="CacheException">InvalidArgument: it is malformed.</exception>
    public OriginPath? TryResolve(string path, string field) =>
        Beneath(path, field) ?? (path.StartsWith('/') || _default is null ? null : Make(_default, path, field));

    /// <exception cref="CacheException">InvalidArgument: no origin holds it, or the path is malformed.</exception>
    public OriginPath Require(string path, string field) => TryResolve(path, field) ?? throw Outside(field);

    /// <exception cref="CacheException">NotFound: no origin has this name.</exception>
    public NamedOrigin Named(string name) => _origins.FirstOrDefault(origin => origin.Origin.Name == name)
        ?? throw CacheException.NotFound($"There is no origin '{name}'; there are {string.Join(", ", _origins.Select(origin => origin.Origin.Name))}.");

    /// <summary>A stored path of an origin by its name.</summary>
    /// <exception cref="CacheException">Unavailable: the origin is no longer configured.</exception>
    public OriginPath Get(string originName, string path)
    {
        var named = _origins.FirstOrDefault(origin => origin.Origin.Name == originName)
            ?? throw CacheException.Unavailable($"The origin '{originName}' is no longer configured. Restore its settings.");
        return new OriginPath(named.Origin, path, named.Prefix + path);
    }

    private OriginPath? Beneath(string path, string field)
    {
        foreach (var named in _origins)
            if (path.StartsWith(named.Prefix, StringComparison.Ordinal)) return Make(named, path[named.Prefix.Length..], field);
        return null;
    }

    private static OriginPath Make(NamedOrigin named, string path, string field)
    {
        var normal = named.Origin.Rules.Normalise(path, field);
        return new OriginPath(named.Origin, normal, named.Prefix + normal);
    }

    private CacheException Outside(string field) => CacheException.Invalid(
        field, $"must lie beneath a configured origin: {string.Join(", ", _origins.Select(origin => origin.Prefix))}.");
}

/// <summary>An origin, and how callers name its root.</summary>
/// <param name="Prefix">Ends in /, as /mnt/nas/.</param>
public sealed record NamedOrigin(IOrigin Origin, string Prefix);
