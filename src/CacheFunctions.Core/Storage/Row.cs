namespace CacheFunctions.Storage;

/// <summary>One stored row, as it was when it was read.</summary>
/// <param name="ETag">Changes with every write of the row and never comes back.</param>
public sealed record Row(string Key, RowValues Values, string ETag);
