namespace CacheFunctions.Client;

/// <summary>Which entries of a log are wanted; what is null does not count.</summary>
public sealed record OperationQuery
{
    public string? UserId { get; init; }

    /// <summary>As the log calls it: <c>file_evicted</c>.</summary>
    public string? OperationType { get; init; }

    /// <summary>Only what happened then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many a page has, 1 to 500 (50).</summary>
    public int? PageSize { get; init; }

    /// <param name="name">What else the log can be asked for, and its value.</param>
    internal PagedList<OperationInfo> Read(Transport http, string address, string name, string? value) => Lists.Of<OperationInfo>(
        http,
        "operations",
        cursor => address + Address.Query(
            (name, value), ("user_id", UserId), ("operation_type", OperationType), ("since", Since), ("limit", PageSize), ("cursor", cursor)));
}
