using CacheFunctions.Content;

namespace CacheFunctions.Files.Stored;

/// <summary>What is not genuine fails under the document's name for it.</summary>
internal sealed class GenuineStream(Stream inner, string name) : CheckedStream(inner, error => FileEnvelope.Damaged(name, error));
