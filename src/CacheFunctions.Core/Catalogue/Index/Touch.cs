namespace CacheFunctions.Catalogue.Index;

/// <summary>Hits on one file.</summary>
/// <param name="LastAccessed">In ticks of UTC.</param>
internal readonly record struct Touch(Guid Id, int Count, long LastAccessed)
{
    public Touch With(Touch other) => this with
    {
        Count = (int)Math.Min((long)Count + other.Count, int.MaxValue),
        LastAccessed = Math.Max(LastAccessed, other.LastAccessed),
    };
}
