using CacheFunctions.Content;
using CacheFunctions.Origins;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// Which content in storage is a copy of a large origin file, and of which of its versions: opening the file again then
/// costs a copy within storage and no reading of the origin. Only a hint: what it names may be gone.
/// </summary>
internal sealed class BaseCopies(SessionStore store)
{
    /// <returns>A copy of its own for the session; null: there is none of this version.</returns>
    public async Task<SavedContent?> ReuseAsync(
        string sessionId, OriginPath path, Fingerprint fingerprint, CancellationToken cancellation)
    {
        var row = await ReadAsync(path, cancellation);
        if (row is null || row.Values.RequiredText("fingerprint") != fingerprint.Version) return null;
        var known = SessionRows.Content(row);
        var name = ContentName.Mint(sessionId, store.Ids);
        return await store.Contents.CopyAsync(ContentName.Sessions, known.Name, name, cancellation) ? known with { Name = name } : null;
    }

    /// <summary>Adds to a transaction that the content is a copy of the file's version.</summary>
    public async Task NoteAsync(
        Change change, OriginPath path, Fingerprint fingerprint, SavedContent content, CancellationToken cancellation)
    {
        if (content.Spans is not null) return;
        change.Put(Key(path), await ReadAsync(path, cancellation), new RowValues
        {
            { "schema", 1 },
            { "fingerprint", fingerprint.Version },
            { "content", content.Name },
            { "size", content.SizeBytes },
            { "sha256", content.Sha256 },
        });
    }

    private Task<Row?> ReadAsync(OriginPath path, CancellationToken cancellation) =>
        store.Edits.GetAsync(store.Edits.ShardOf(path.Hash), Key(path), cancellation);

    private static string Key(OriginPath path) => "b|" + path.Id;
}
