using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>
/// Saves a version that differs from the one before in one span. Only the span is stored; the rest of the new version
/// is the old content, named by spans. It is read once, for the hash of the whole.
/// </summary>
internal sealed class SessionPatch(SessionStore store, VersionWriter versions)
{
    // Past this a version is stored as one piece again: a read should not need hundreds of requests.
    private const int MaxSpans = 64;
    private const int MaxAttempts = 5;

    /// <param name="offset">The span's first byte, from 0 to the content's length.</param>
    /// <param name="total">What the whole must have afterwards; null: not said.</param>
    public async Task<Session> PatchAsync(
        Caller caller, string id, Stream stream, long offset, long length, long? total, Conditions conditions, CancellationToken cancellation)
    {
        var found = await versions.BeginAsync(caller, id, conditions, cancellation);
        RequireFits(found.Session, offset, length, total);
        var span = await store.WriteContentAsync(id, stream, length, cancellation);
        return await store.OrDeleteAsync(span.Name, async () =>
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var version = new NewVersion(
                    await SpliceAsync(found.Session, span, offset, cancellation),
                    "session_patched",
                    $", {length} bytes at {offset}",
                    found.Session.Version);
                try
                {
                    return await versions.AppendAsync(caller, found, version, conditions, cancellation);
                }
                catch (VersionPassedException)
                {
                    found = await versions.BeginAsync(caller, id, conditions, cancellation);
                    RequireFits(found.Session, offset, length, total);
                }
            }

            throw CacheException.Unavailable("The session is being saved over and over. Try again.");
        });
    }

    private async Task<SavedContent> SpliceAsync(Session session, SavedContent span, long offset, CancellationToken cancellation)
    {
        var (before, end) = (session.Content, offset + span.SizeBytes);
        if (offset == 0 && end >= before.SizeBytes) return span;
        IReadOnlyList<ContentSpan> spans =
        [
            .. SpanStream.Slice(before.Pieces, 0, offset),
            new ContentSpan(span.Name, 0, span.SizeBytes),
            .. SpanStream.Slice(before.Pieces, end, Math.Max(0, before.SizeBytes - end)),
        ];
        var spliced = new SavedContent(span.Name, Math.Max(before.SizeBytes, end), "", spans);
        await using var whole = await store.OpenAsync(spliced, 0, null, cancellation);
        if (spans.Count > MaxSpans) return await store.WriteContentAsync(session.Id, whole, spliced.SizeBytes, cancellation);
        return spliced with { Sha256 = (await HashingStream.ReadAllAsync(whole, cancellation)).Sha256 };
    }

    private static void RequireFits(Session session, long offset, long length, long? total)
    {
        var size = session.Content.SizeBytes;
        if (offset > size)
        {
            throw new CacheException(
                ErrorCode.RangeNotSatisfiable,
                $"Content-Range: begins at {offset}, past the end of the content, which has {size} bytes.",
                new Dictionary<string, object?> { ["size_bytes"] = size });
        }

        if (total is { } said && said != Math.Max(size, offset + length))
        {
            throw CacheException.Invalid(
                "Content-Range", $"says that the whole has {said} bytes, but it would have {Math.Max(size, offset + length)}; a patch does not shorten.");
        }
    }
}
