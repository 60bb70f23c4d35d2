namespace CacheFunctions.Sessions;

/// <summary>One immutable version's content.</summary>
/// <param name="Name">Its name in the sessions container; of several pieces the newest one's.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Spans">The pieces that make it up, in order; null: all of the one named content.</param>
public sealed record SavedContent(string Name, long SizeBytes, string Sha256, IReadOnlyList<ContentSpan>? Spans = null)
{
    public IReadOnlyList<ContentSpan> Pieces => Spans ?? [new ContentSpan(Name, 0, SizeBytes)];
}

/// <summary>A part of stored content.</summary>
public sealed record ContentSpan(string Name, long Offset, long Length);
