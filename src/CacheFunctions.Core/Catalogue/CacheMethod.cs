namespace CacheFunctions.Catalogue;

/// <summary>How a file was cached.</summary>
public enum CacheMethod
{
    /// <summary>The original stays as it is.</summary>
    AtomicCopy,

    /// <summary>The original was replaced by a symbolic link to the copy.</summary>
    AtomicSymlink,

    /// <summary>The original was replaced by a hard link to the copy.</summary>
    AtomicHardlink,
}
