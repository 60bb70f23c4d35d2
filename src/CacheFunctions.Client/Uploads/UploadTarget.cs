using System.Text;

namespace CacheFunctions.Client;

/// <summary>What a resumable upload is to become.</summary>
public sealed class UploadTarget
{
    private readonly IReadOnlyList<(string Key, string? Value)> _metadata;

    private UploadTarget(IReadOnlyList<(string Key, string? Value)> metadata, WriteConditions? conditions) => (_metadata, Conditions) = (metadata, conditions);

    internal WriteConditions? Conditions { get; }

    /// <summary>As tus 1.0 has it: keys with their values in base64.</summary>
    internal string Metadata => string.Join(
        ',', _metadata.Where(each => each.Value is not null).Select(each => $"{each.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(each.Value!))}"));

    public static UploadTarget File(FileSpace space, string filename, string? contentType = null, bool compress = false, bool encrypt = true) => new(
        [
            ("filename", filename), ("domain", space.Domain), ("level", Words<FileLevel>.Of(space.Level)), ("user_id", space.UserId),
            ("content_type", contentType), ("compress", compress ? "true" : null), ("encrypt", encrypt ? null : "false"),
        ],
        null);

    /// <summary>A session's next version.</summary>
    /// <param name="conditions">Must hold when it begins, and when it ends.</param>
    public static UploadTarget SessionVersion(string sessionId, WriteConditions? conditions = null) => new([("session_id", sessionId)], conditions);
}
