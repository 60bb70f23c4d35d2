namespace CacheFunctions.Storage;

public enum RowChangeKind
{
    /// <summary>The row must not exist.</summary>
    Insert,

    /// <summary>The row must be as it was read; all its values are replaced.</summary>
    Replace,

    /// <summary>The row must be as it was read.</summary>
    Delete,
}

/// <summary>One row's part of a transaction. Every kind carries a condition, so that repeating it changes nothing twice.</summary>
public sealed record RowChange(RowChangeKind Kind, string Key, RowValues? Values, string? ETag)
{
    public const string AnyETag = "*";

    public static RowChange Insert(string key, RowValues values) => new(RowChangeKind.Insert, key, values, null);

    public static RowChange Replace(Row read, RowValues values) => new(RowChangeKind.Replace, read.Key, values, read.ETag);

    public static RowChange Delete(Row read) => new(RowChangeKind.Delete, read.Key, null, read.ETag);

    /// <summary>The row must exist, in whatever version: for rows that only change together with another that is checked.</summary>
    public static RowChange DeleteAny(string key) => new(RowChangeKind.Delete, key, null, AnyETag);
}
