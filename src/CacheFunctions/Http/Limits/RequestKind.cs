namespace CacheFunctions.Http.Limits;

/// <summary>What a request makes the instance do; each kind has its own limit, so that none keeps the others out.</summary>
public enum RequestKind
{
    /// <summary>Records, as JSON.</summary>
    Light,

    /// <summary>Streams content in or out, as fast as its caller can.</summary>
    Content,

    /// <summary>May go on as a job, or reads a whole catalogue.</summary>
    Heavy,

    /// <summary>Tells how the instance is; never refused.</summary>
    Probe,
}

/// <summary>Tells the kind of each function from what it says of itself.</summary>
internal static class RequestKinds
{
    public static RequestKind Of(AcceptsAttribute accepts, AnswersAttribute? answers)
    {
        if (answers is null) return RequestKind.Light;
        if (answers.IsProbe) return RequestKind.Probe;
        if (answers.Ranges || accepts.Content) return RequestKind.Content;
        // Content that knows no ranges is made while it is sent: an export.
        return answers.Accepted is not null || answers.Content is not null ? RequestKind.Heavy : RequestKind.Light;
    }
}
