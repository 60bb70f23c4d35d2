using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>Reads {"odata.error":{"code":..,"message":{"value":..}}}; falls back on the header x-ms-error-code.</summary>
internal sealed class TableErrorParser : RequestFailedDetailsParser
{
    /// <summary>Key of the failed action's index in <see cref="Exception.Data"/>.</summary>
    public const string FailedIndex = "FailedEntity";

    public static TableErrorParser Instance { get; } = new();

    public override bool TryParse(
        Response response, [NotNullWhen(true)] out ResponseError? error, out IDictionary<string, string>? data)
    {
        data = null;
        response.Headers.TryGetValue("x-ms-error-code", out var code);
        string? message = null;
        if (response.ContentStream is not null && TryReadBody(response.Content, out var bodyCode, out message))
            code = string.IsNullOrEmpty(bodyCode) ? code : bodyCode;

        if (message is not null && TryReadIndex(message, out var index))
        {
            data = new Dictionary<string, string> { [FailedIndex] = index.ToString(CultureInfo.InvariantCulture) };
            message += "\n The index of the entity that caused the error can be found in " +
                $"{nameof(TableTransactionFailedException.FailedTransactionActionIndex)}.";
        }

        error = code is null && message is null ? null : new ResponseError(code, message);
        return error is not null;
    }

    // A proxy or a cut connection may put anything in the body: an error must not hide behind another one.
    private static bool TryReadBody(BinaryData body, out string? code, out string? message)
    {
        code = null;
        message = null;
        try
        {
            using var document = JsonDocument.Parse(body.ToMemory());
            if (document.RootElement.ValueKind != JsonValueKind.Object ||
                !document.RootElement.TryGetProperty("odata.error", out var error) ||
                error.ValueKind != JsonValueKind.Object)
                return false;

            code = Text(error, "code");
            message = error.TryGetProperty("message", out var inner) && inner.ValueKind == JsonValueKind.Object
                ? Text(inner, "value")
                : null;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A batch's message begins with the failing action's index: "1:The specified entity already exists."
    private static bool TryReadIndex(string message, out int index)
    {
        index = -1;
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
