using CacheFunctions.Http;

namespace CacheFunctions.Operations;

/// <summary>Which operations a caller wants to see.</summary>
internal sealed record OperationFilter(string? UserId, string? Type, DateTimeOffset? Since)
{
    public static OperationFilter Of(QueryReader query) =>
        new(query.Text("user_id"), query.Text("operation_type"), query.Time("since"));

    public bool Fits(LoggedOperation logged) =>
        (UserId is null || logged.Operation.TriggeredByUser == UserId)
        && (Type is null || logged.Operation.Type == Type)
        && (Since is null || logged.Timestamp >= Since);
}
