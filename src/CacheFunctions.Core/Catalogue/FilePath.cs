using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>A path as the catalogue identifies it: a file of an origin, or any path that a caller recorded.</summary>
/// <param name="Text">As the caller gave it.</param>
/// <param name="Origin">null: it lies in no origin.</param>
public sealed record FilePath(string Text, OriginPath? Origin)
{
    /// <summary>The same for all spellings of one file of an origin.</summary>
    public CachedFileId Id { get; } = CachedFileId.Of(
        Origin is null ? $"\n{Text}" : $"{Origin.Origin.Name}\n{Origin.Origin.Rules.Canonical(Origin.Path)}");

    /// <param name="field">The caller's name for it, for the error.</param>
    /// <exception cref="CacheException">InvalidArgument: it is malformed.</exception>
    public static FilePath Of(OriginSet origins, string text, string field)
    {
        if (text.Length == 0) throw CacheException.Invalid(field, "must not be empty.");
        if (ControlCharacters.AreIn(text)) throw CacheException.Invalid(field, "must not hold control characters.");
        if (Encoding.UTF8.GetByteCount(text) > PathRules.MaxPathBytes)
            throw CacheException.Invalid(field, $"is longer than {PathRules.MaxPathBytes} bytes.");
        return new FilePath(text, origins.TryResolve(text, field));
    }

    /// <exception cref="CacheException">InvalidArgument: it lies in no origin.</exception>
    public OriginPath RequireOrigin(OriginSet origins, string field) => Origin ?? origins.Require(Text, field);
}
