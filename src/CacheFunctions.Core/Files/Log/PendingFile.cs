using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Log;

/// <summary>A change of a file that was announced, and perhaps carried out.</summary>
/// <param name="Id">Also in the header of what an upload writes.</param>
internal sealed record PendingFile(string Id, FileChange Change, FileAddress Address, Trigger Trigger, DateTimeOffset BegunAt)
{
    private const string Prefix = "p|";

    public static KeyRange All => KeyRange.Prefix(Prefix);

    public string Key => Prefix + Id;

    public RowValues Values => new()
    {
        { "schema", 1 },
        { "change", Change.ToString() },
        { "name", Address.BlobName },
        { "by", Trigger.By },
        { "user", Trigger.UserId },
        { "begun_at", BegunAt },
    };

    public static PendingFile Read(Row row) => new(
        row.Key[Prefix.Length..],
        Enum.Parse<FileChange>(row.Values.RequiredText("change")),
        FileAddress.Read(row.Values.RequiredText("name")) ?? throw new InvalidDataException("The row names no file."),
        new Trigger(row.Values.RequiredText("by"), row.Values.Text("user")),
        row.Values.RequiredTime("begun_at"));
}

internal enum FileChange
{
    Upload,
    Deletion,
}
