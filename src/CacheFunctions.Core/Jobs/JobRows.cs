using CacheFunctions.Storage;

namespace CacheFunctions.Jobs;

/// <summary>How jobs lie in the control table: those that run apart from those that have ended, so that a timer reads only the former.</summary>
internal static class JobRows
{
    public const string Table = "control";
    public const string Partition = "jobs";
    public const string Running = "r|";
    public const string Ended = "e|";

    public static string RunningKey(string id) => Running + id;

    public static string EndedKey(string id) => Ended + id;

    public static RowValues Values(Job job) => new()
    {
        { "schema", 1 },
        { "kind", job.Kind },
        { "subject", job.Subject },
        { "path", job.FilePath },
        { "user", job.UserId },
        { "arguments", job.Arguments },
        { "started_at", job.StartedAt },
        { "lease_until", job.LeaseUntil },
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
            values.RequiredText("arguments"),
            values.RequiredTime("started_at"),
            values.RequiredTime("lease_until"),
            Enum.Parse<JobState>(values.RequiredText("state")),
            values.RequiredNumber("bytes_done"),
            values.Number("bytes_total"),
            (int)values.RequiredNumber("runs"),
            values.Time("finished_at"),
            values.Text("error_code"),
            values.Text("error"));
    }
}
