using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Uploads;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>What makes of a right request one that is answered with a certain status, whatever the call.</summary>
internal static class Drafts
{
    private static readonly string[] Conditions = ["Range", "If-Match", "X-Fence"];
    private static readonly string NoSession = new('0', 34);

    /// <summary>By status, for the calls that can be brought to it by the request alone.</summary>
    public static IReadOnlyDictionary<int, Action<Endpoint, Draft>> ByStatus { get; } = new Dictionary<int, Action<Endpoint, Draft>>
    {
        [200] = (_, draft) => draft.Without("Range"),
        [204] = (_, _) => { },
        [206] = (_, _) => { },
        [304] = (_, draft) => draft.Without(Conditions).With("If-None-Match", "*"),
        [400] = (_, draft) => draft.Query.Add(("nonsense", "1")),
        [401] = (_, draft) => draft.With("Authorization", "Bearer garbage"),
        [403] = (_, draft) => draft.Host = "Host: example.com\r\n",
        [404] = (endpoint, draft) => draft.NameNothing(endpoint),
        [412] = (endpoint, draft) => draft.UnderAnotherCondition(endpoint),
        [413] = (endpoint, draft) => draft.BeTooLong(endpoint),
        [415] = (endpoint, draft) => draft.InAnotherForm(endpoint),
        [416] = (endpoint, draft) => draft.Without(Conditions).With(endpoint.Verb == "GET" ? "Range" : "Content-Range", endpoint.Verb == "GET" ? "bytes=9000000-" : "bytes 900-904/*"),
    };

    public static Draft With(this Draft draft, string header, string value)
    {
        draft.Headers.RemoveAll(each => each.Name == header);
        draft.Headers.Add((header, value));
        return draft;
    }

    public static Draft Without(this Draft draft, params string[] headers)
    {
        draft.Headers.RemoveAll(each => headers.Contains(each.Name));
        return draft;
    }

    /// <param name="json">null: the field is left out.</param>
    public static Draft WithField(this Draft draft, string name, string? json)
    {
        draft.Fields.RemoveAll(each => each.Name == name);
        if (json is not null) draft.Fields.Add((name, json));
        return draft;
    }

    public static Draft WithQuery(this Draft draft, string name, string value)
    {
        draft.Query.RemoveAll(each => each.Name == name);
        draft.Query.Add((name, Uri.EscapeDataString(value)));
        return draft;
    }

    public static void PutAt(this Draft draft, Endpoint endpoint, string name, string value) =>
        draft.Put(endpoint.Positions().First(each => each.Name == name), value);

    private static void NameNothing(this Draft draft, Endpoint endpoint)
    {
        foreach (var position in endpoint.Positions())
        {
            if (position.Sample.Value is null) continue;
            if (Nothing(position.Name) is { } nothing) draft.Put(position, nothing);
        }
    }

    private static string? Nothing(string name) => name switch
    {
        "session_id" => NoSession,
        "upload_id" or "job_id" => $"{Guid.Empty:N}",
        "file_id" => $"{Guid.Empty}",
        "path" or "file_path" or "filename" or "name" => "nothing/nowhere.txt",
        "origin" => "nowhere",
        "Upload-Metadata" => TusClient.Metadata(("session_id", NoSession)),
        _ => null,
    };

    private static void UnderAnotherCondition(this Draft draft, Endpoint endpoint)
    {
        var takes = endpoint.Accepts.Headers;
        draft.Without("Range");
        if (takes.Contains("Tus-Resumable")) draft.With("Tus-Resumable", "9.0.0");
        else if (takes.Contains("If-Match")) draft.Without(Conditions).With("If-Match", "\"another\"");
        else draft.With("X-Fence", "999999");
    }

    /// <summary>Refused before any of it is read.</summary>
    private static void BeTooLong(this Draft draft, Endpoint endpoint)
    {
        draft.ContentLength = $"{Instances.MaxBodyBytes + 1}";
        if (endpoint.Accepts.Headers.Contains("Content-Range")) draft.With("Content-Range", $"bytes 0-{Instances.MaxBodyBytes}/*");
    }

    private static void InAnotherForm(this Draft draft, Endpoint endpoint)
    {
        if (endpoint.Accepts.Body is not null) draft.ContentType = "text/plain";
        else draft.With("Content-Encoding", "gzip");
    }
}
