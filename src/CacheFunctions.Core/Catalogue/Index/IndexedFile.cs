namespace CacheFunctions.Catalogue.Index;

/// <summary>A file as the index knows it.</summary>
/// <param name="LastAccessed">With the hits that no row knows of; so is <paramref name="AccessCount"/>.</param>
/// <param name="Users">Everybody it is cached for, the first one first.</param>
public sealed record IndexedFile(
    CachedFileId Id,
    string FilePath,
    CacheMethod Method,
    long SizeBytes,
    DateTimeOffset CachedAt,
    DateTimeOffset? LastAccessed,
    long AccessCount,
    CacheTrigger TriggeredByOperation,
    IReadOnlyList<string> Users,
    FileStatus Status,
    bool Pinned)
{
    /// <summary>The last part of the path.</summary>
    public string Filename => FilePath[(FilePath.LastIndexOf('/') + 1)..];

    internal static IndexedFile Of(ShardColumns columns, int row, UserSets users)
    {
        var flags = columns.Flags[row];
        return new IndexedFile(
            new CachedFileId(columns.Ids[row]),
            columns.Texts.Path(columns.Places[row]),
            FileFlags.Method(flags),
            columns.Sizes[row],
            Instant(columns.CachedAt[row]),
            columns.LastAccessed[row] == 0 ? null : Instant(columns.LastAccessed[row]),
            columns.Accesses(row),
            FileFlags.Trigger(flags),
            users.Users(columns.Users[row]),
            FileFlags.Status(flags),
            FileFlags.Pinned(flags));
    }

    private static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);
}
