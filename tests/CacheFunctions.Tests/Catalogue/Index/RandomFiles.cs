using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

/// <summary>Files and questions that meet often: few different values, and texts that share parts in other spellings.</summary>
internal sealed class RandomFiles(int seed)
{
    private static readonly string[] Words =
    [
        "Movie", "movie", "MOVIES", "a", "A%b", "a_b", "x", "straße", "STRASSE", "café", "cafe\u0301", "CAFÉ", "ΣΊΣΥΦΟΣ", "σίσυφος", "Ёлка", "ёлка", "日本語",
        "😀", "İstanbul", "ıspanak", "ﬁle", "long name with spaces and more than thirty-two bytes", "[brackets]", "K\u212Aelvin", "ſharp", "𐐨deseret", "𐐀DESERET",
    ];

    private static readonly string[] Users = ["alice", "Bob", "bob", "ünal", "u1", "u10", "u100"];

    private readonly Random _random = new(seed);

    public Random Random => _random;

    public CatalogueEntry File(int number)
    {
        var path = $"/mnt/nas/{Word()}/{Word()} {number}/{Word()}{_random.Next(3)}.mkv";
        return Changed(new CatalogueEntry(
            CachedFileId.Of($"{seed}/{number}"), path, "/cache" + path, CacheMethod.AtomicCopy, 0, default, null, 0, CacheTrigger.Manual, null, [], FileStatus.Active, false));
    }

    /// <summary>The same file, later.</summary>
    public CatalogueEntry Changed(CatalogueEntry file)
    {
        var users = Users.OrderBy(_ => _random.Next()).Take(_random.Next(4)).ToList();
        return file with
        {
            Method = Any<CacheMethod>(),
            SizeBytes = _random.Next(20) * 1000,
            CachedAt = Instant(),
            LastAccessed = _random.Next(3) == 0 ? file.LastAccessed : file.LastAccessed is { } last && last > Instant() ? last : Later(file.LastAccessed),
            AccessCount = _random.Next(5),
            TriggeredByOperation = Any<CacheTrigger>(),
            TriggeredByUser = users.FirstOrDefault(),
            Users = users,
            Status = Any<FileStatus>(),
            Pinned = _random.Next(2) == 0,
            Stored = _random.Next(2) == 0,
        };
    }

    public FilesQuery Query() => new(
        new CachedFilesFilter(
            Maybe(Part),
            Maybe(() => Users[_random.Next(Users.Length)]),
            _random.Next(3) == 0 ? Any<FileStatus>() : null,
            _random.Next(4) == 0 ? Any<CacheTrigger>() : null,
            _random.Next(4) == 0 ? _random.Next(20) * 1000 : null,
            _random.Next(4) == 0 ? _random.Next(20) * 1000 : null,
            _random.Next(4) == 0 ? Instant() : null),
        Any<FileOrder>(),
        _random.Next(2) == 0,
        _random.Next(30),
        _random.Next(2) == 0 ? 0 : _random.Next(60),
        null,
        Any<SearchType>(),
        _random.Next(2) == 0);

    private string Part()
    {
        var text = _random.Next(4) switch
        {
            0 => "/" + Word(),
            1 => Enum.GetName(Any<CacheTrigger>())!,
            2 => _random.Next(30).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => Word(),
        };
        var runes = text.EnumerateRunes().ToList();
        var from = _random.Next(runes.Count);
        return string.Concat(runes.Skip(from).Take(1 + _random.Next(runes.Count - from)));
    }

    private T? Maybe<T>(Func<T> value)
        where T : class => _random.Next(3) == 0 ? value() : null;

    private T Any<T>()
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return values[_random.Next(values.Length)];
    }

    private string Word() => Words[_random.Next(Words.Length)];

    private DateTimeOffset Instant() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(_random.Next(30) * 7);

    private DateTimeOffset Later(DateTimeOffset? last) => (last ?? Instant()).AddMinutes(_random.Next(100));
}
