using CacheFunctions.Storage;

namespace CacheFunctions.Jobs;

/// <summary>How jobs lie in the control table: those that run apart from those that have ended, so that a timer reads only the former.</summary>
internal static class JobRows
{
    public const string Table = "control";
    public const string Partition = "jobs";
    public const string Running = "r|";
    public const string Ended = "e|";

    // Storage takes 32 Ki characters in one value, and 1 MiB in a row.
    private const int PartLength = 30_000;

    public static string RunningKey(string id) => Running + id;

    public static string EndedKey(string id) => Ended + id;

    public static string ClaimKey(string claim) => "c|" + claim;

    /// <summary>A claim names its job.</summary>
    public static RowValues ClaimValues(string id) => new() { { "schema", 1 }, { "job", id } };

    public static string ClaimedBy(Row row) => row.Values.RequiredText("job");

    public static RowValues Values(Job job)
    {
        var values = Short(job);
        AddParts(values, "result", job.Result ?? "");
        if (job.Arguments.Length > PartLength) AddParts(values, "arguments", job.Arguments);
        else values.Add("arguments", job.Arguments);
        return values;
    }

    private static void AddParts(RowValues values, string name, string text)
    {
        for (var part = 0; part * PartLength < text.Length; part++)
            values.Add($"{name}_{part}", text[(part * PartLength)..Math.Min(text.Length, (part + 1) * PartLength)]);
    }

    private static RowValues Short(Job job) => new()
    {
        { "schema", 1 },
        { "kind", job.Kind },
        { "subject", job.Subject },
        { "path", job.FilePath },
        { "user", job.UserId },
        { "started_at", job.StartedAt },
        { "lease_until", job.LeaseUntil },
        { "claim", job.Claim },
        { "state", job.State.ToString() },
        { "bytes_done", job.BytesDone },
        { "bytes_total", job.BytesTotal },
        { "runs", job.Runs },
        { "finished_at", job.FinishedAt },
        { "error_code", job.ErrorCode },
        { "error", job.Error },
    };

    public static Job Read(Row row)
    {
        var values = row.Values;
        return new Job(
            row.Key[Running.Length..],
            values.RequiredText("kind"),
            values.RequiredText("subject"),
            values.RequiredText("path"),
            values.Text("user"),
            values.Text("arguments") ?? Parts(values, "arguments") ?? "",
            values.RequiredTime("started_at"),
            values.RequiredTime("lease_until"),
            values.Text("claim"),
            Enum.Parse<JobState>(values.RequiredText("state")),
            values.RequiredNumber("bytes_done"),
            values.Number("bytes_total"),
            Parts(values, "result"),
            (int)values.RequiredNumber("runs"),
            values.Time("finished_at"),
            values.Text("error_code"),
            values.Text("error"));
    }

    private static string? Parts(RowValues values, string name)
    {
        var parts = new List<string>();
        while (values.Text($"{name}_{parts.Count}") is { } part) parts.Add(part);
        return parts.Count == 0 ? null : string.Concat(parts);
    }
}
