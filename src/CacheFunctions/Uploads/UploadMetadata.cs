using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Http;

namespace CacheFunctions.Uploads;

/// <summary>What Upload-Metadata says an upload is to become. Keys that mean nothing here are kept and told again.</summary>
internal sealed class UploadMetadata
{
    private const string Header = TusProtocol.Metadata;
    private const int MaxLength = 4_096;

    // Not filename and filetype, which clients send of their own accord.
    private static readonly string[] OfFiles = ["domain", "level", "user_id", "compress", "encrypt"];

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _values;

    private UploadMetadata(Dictionary<string, string> values) => _values = values;

    /// <summary>Of which the upload becomes the next version; null: it becomes a file.</summary>
    public string? SessionId => Text("session_id");

    public FileTarget File => OfHeader(() => new FileTarget(
        FileAddress.Of(
            Fields.Required("domain", Text("domain")),
            Choices.Parse<StorageLevel>("level", Fields.Required("level", Text("level")).ToLowerInvariant()),
            Fields.Required("filename", Text("filename")),
            Text("user_id")),
        FileTypes.Check("content_type", Text("content_type") ?? Text("filetype")),
        Flag("compress", false),
        Flag("encrypt", true)));

    /// <param name="text">Keys with their values in base64, separated by commas (tus 1.0, Creation, Upload-Metadata).</param>
    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static UploadMetadata Parse(string text)
    {
        if (text.Length > MaxLength) throw CacheException.Invalid(Header, $"is longer than {MaxLength} characters.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split(' ', 2);
            if (!parts[0].All(c => c is > ' ' and <= '~')) throw CacheException.Invalid(Header, "must have keys of printable ASCII characters.");
            if (!values.TryAdd(parts[0], Decode(parts.Length == 2 ? parts[1] : ""))) throw CacheException.Invalid(Header, $"has the key '{parts[0]}' twice.");
        }

        if (values.ContainsKey("session_id") && OfFiles.FirstOrDefault(values.ContainsKey) is { } key)
            throw CacheException.Invalid(Header, $"has both session_id and {key}: an upload becomes a session's version or a file.");
        return new UploadMetadata(values);
    }

    private static string Decode(string base64)
    {
        try
        {
            return Strict.GetString(Convert.FromBase64String(base64));
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            throw CacheException.Invalid(Header, "must have values of UTF-8 in base64, as filename bm90ZXMudHh0.");
        }
    }

    private string? Text(string key) => _values.GetValueOrDefault(key);

    private bool Flag(string key, bool otherwise) => Text(key) switch
    {
        null => otherwise,
        "true" => true,
        "false" => false,
        _ => throw CacheException.Invalid(Header, $"must have true or false as {key}."),
    };

    /// <summary>A key means nothing to who does not know that it stands in the header.</summary>
    private static T OfHeader<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CacheException error) when (error.Code == ErrorCode.InvalidArgument)
        {
            throw new CacheException(error.Code, $"{Header}: {error.Message}", error.Details, error);
        }
    }
}
