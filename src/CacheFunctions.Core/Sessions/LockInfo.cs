namespace CacheFunctions.Sessions;

/// <summary>Whether a path is locked.</summary>
/// <param name="NasPath">The path as callers know it.</param>
/// <param name="Holder">null: nobody has locked it.</param>
public sealed record LockInfo(string NasPath, LockHolder? Holder);
