namespace CacheFunctions.Content.Hot;

/// <summary>Bytes that never change: content under a name that is used once, or one version of content that may be replaced.</summary>
/// <param name="Version">Of content that may be replaced; null: the name itself stands for its bytes.</param>
public readonly record struct ContentKey(string Container, string Name, string? Version = null);
