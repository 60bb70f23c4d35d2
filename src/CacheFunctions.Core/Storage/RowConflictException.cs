namespace CacheFunctions.Storage;

/// <summary>A transaction changed nothing, because a row was not as the transaction demands.</summary>
/// <param name="index">Which change failed, from 0; null when the store did not say.</param>
public sealed class RowConflictException(int? index)
    : Exception($"A row was not as expected (change {index?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"}).")
{
    public int? Index { get; } = index;
}
