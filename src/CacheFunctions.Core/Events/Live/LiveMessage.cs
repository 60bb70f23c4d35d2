using System.Text.Json;

namespace CacheFunctions.Events.Live;

/// <summary>One message as every stream sends it. Made once and never changed, however many streams share it.</summary>
/// <param name="Cursor">Where to go on after it.</param>
/// <param name="Type">Its type, as the interface spells it.</param>
/// <param name="Json">The message of the second source document, in UTF-8.</param>
public sealed record LiveMessage(string Cursor, string Type, ReadOnlyMemory<byte> Json)
{
    internal static LiveMessage Of(string cursor, EventType type, object data, DateTimeOffset timestamp)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString());
        return new LiveMessage(cursor, name, EventJson.Write(new { Type = name, Data = data, Timestamp = timestamp }));
    }
}

/// <summary>What a stream has to tell next.</summary>
/// <param name="Cursor">Where to go on after it.</param>
/// <param name="Message">null: nothing happened for a while, and the cursor may have moved.</param>
/// <param name="IsCut">It is the last: the reader was too slow, and goes on from the cursor when it likes.</param>
public readonly record struct LiveItem(string Cursor, LiveMessage? Message, bool IsCut = false);
