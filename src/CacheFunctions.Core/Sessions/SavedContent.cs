namespace CacheFunctions.Sessions;

/// <summary>One immutable version's content.</summary>
/// <param name="Name">Its name in the sessions container.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record SavedContent(string Name, long SizeBytes, string Sha256);
