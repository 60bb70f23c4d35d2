namespace CacheFunctions.Files;

/// <summary>What is to be stored.</summary>
/// <param name="Content">Read once, to its end.</param>
/// <param name="Length">How many bytes come; null: not known. Other than that many are refused.</param>
/// <param name="ContentType">As <c>image/jpeg</c>, up to 255 characters.</param>
/// <param name="Metadata">The caller's own; at most 4,000 bytes as JSON.</param>
/// <param name="Compress">Keep it compressed where that makes it smaller, whatever its type.</param>
/// <param name="CacheContent">Keep up to 1 MiB, as it is stored, in this instance's memory at once. What is longer is kept when it is first read.</param>
public sealed record NewFile(
    Stream Content,
    long? Length = null,
    string ContentType = FileTypes.Default,
    IReadOnlyDictionary<string, string>? Metadata = null,
    bool Compress = false,
    bool Encrypt = true,
    FileVisibility Visibility = FileVisibility.Private,
    bool CacheContent = true);
