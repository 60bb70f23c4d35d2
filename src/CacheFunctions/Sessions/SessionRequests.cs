using System.Text.Json.Serialization;
using CacheFunctions.Http;

namespace CacheFunctions.Sessions;

/// <summary>The body of POST /api/sessions.</summary>
internal sealed record CreateSessionRequest(
    [property: JsonConverter(typeof(TextOrNumber))] string? UserId,
    string? FilePath,
    string? NasFilePath,
    bool Lock = false,
    bool Create = false)
{
    public CreateSession Checked() => new(
        Fields.UserId(UserId), Fields.Path("file_path", FilePath), NasFilePath, Lock, Create);
}

/// <summary>The body of POST /api/sessions/{id}/sync; none at all is fine.</summary>
internal sealed record SyncRequest(string? OnConflict)
{
    public OnConflict Checked() =>
        OnConflict is null ? Sessions.OnConflict.Fail : Choices.Parse<OnConflict>("on_conflict", OnConflict);
}
