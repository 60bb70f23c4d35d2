using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>What every answer to a bad request must be.</summary>
/// <param name="secrets">Texts that no answer may hold.</param>
internal sealed class AnswerCheck(IReadOnlyList<string> secrets)
{
    private static readonly Dictionary<string, int> Statuses = Enum.GetValues<ErrorCode>().ToDictionary(
        code => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}"), ErrorStatus.Of);

    // What HTTP servers answer to what is not HTTP, or too long for them, before any service sees it.
    private static readonly int[] OfServer = [400, 405, 408, 411, 413, 414, 431, 501, 505];

    /// <param name="answer">null: the server hung up.</param>
    /// <param name="names">What a refusal as an invalid argument must name; null: nothing.</param>
    /// <param name="sent">The request; what it holds may come back.</param>
    public IEnumerable<string> Problems(Answer? answer, string verb, Hazard hazard, string? names, string sent)
    {
        if (answer is null)
        {
            if (hazard.Refusal != Refusal.HangUp) yield return "there is no answer";
            yield break;
        }

        var all = answer.ToString();
        foreach (var secret in secrets)
            if (all.Contains(secret, StringComparison.Ordinal) && !sent.Contains(secret, StringComparison.Ordinal)) yield return $"it tells a secret: {secret}";
        if (all.Contains("   at ", StringComparison.Ordinal)) yield return "it holds a stack trace";
        if (answer.Body.Contains("Exception", StringComparison.Ordinal)) yield return "it names an exception";
        if (answer.Header("X-Injected").Any()) yield return "the request has added a header to it";

        if (answer.Status >= 500 && !(OfServer.Contains(answer.Status) && IsServers(answer, hazard))) yield return $"its status is {answer.Status}";
        else if (answer.Status < 200 || (answer.Status is >= 300 and < 400 and not 304)) yield return $"its status is {answer.Status}";
        if (hazard.IsWrong && answer.Status < 400) yield return "what is certainly wrong was accepted";
        if (IsServers(answer, hazard) && OfServer.Contains(answer.Status)) yield break;
        if (answer.Header("x-request-id").Count() != 1) yield return "it lacks x-request-id";
        if (answer.Status < 400 || verb == "HEAD") yield break;
        foreach (var problem in Envelope(answer, names)) yield return problem;
    }

    private static bool IsServers(Answer answer, Hazard hazard) =>
        hazard.Refusal != Refusal.ByService && answer.Body.Length == 0 && !answer.Header("x-request-id").Any();

    private static IEnumerable<string> Envelope(Answer answer, string? names)
    {
        var envelope = Parse(answer.Body);
        if (envelope is not { ValueKind: JsonValueKind.Object } error)
        {
            yield return "it is not the envelope";
            yield break;
        }

        if (!error.TryGetProperty("success", out var success) || success.ValueKind != JsonValueKind.False) yield return "success is not false";
        if (Text(error, "error") is not { Length: > 0 } message) yield return "it says no error";
        else if (names is not null && Text(error, "code") == "invalid_argument" && !Tells(message, names)) yield return $"it does not name {names}";
        if (Text(error, "code") is not { } code || !Statuses.TryGetValue(code, out var status) || status != answer.Status) yield return "its code does not fit its status";
        if (Text(error, "timestamp") is null) yield return "it has no timestamp";
    }

    // nas_file_path may be told as file_path: it is the same file.
    private static bool Tells(string message, string name) =>
        message.Contains(name, StringComparison.OrdinalIgnoreCase) || name.EndsWith(message.Split(':')[0], StringComparison.Ordinal);

    private static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static JsonElement? Parse(string body)
    {
        try
        {
            // The characters stand for bytes.
            return JsonDocument.Parse(System.Text.Encoding.Latin1.GetBytes(body)).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
