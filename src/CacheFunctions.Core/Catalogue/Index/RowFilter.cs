using System.Runtime.CompilerServices;
using System.Text.Json;

namespace CacheFunctions.Catalogue.Index;

/// <summary>A filter made ready for one pass: whatever can be worked out once, is; a row costs a few compares.</summary>
internal sealed class RowFilter
{
    private readonly bool[] _flags;
    private readonly bool _flagsOnly;
    private readonly bool _hasRanges;
    private readonly long _sizeMin;
    private readonly long _sizeMax;
    private readonly long _cachedSince;
    private readonly SetMask? _user;
    private readonly SearchTerm? _term;

    public RowFilter(CachedFilesFilter filter, SearchType searchType, bool includeRemoved, UserSets users)
    {
        _flags = FileFlags.Table(flags =>
            (filter.Status is { } status ? FileFlags.Status(flags) == status : includeRemoved || FileFlags.Status(flags) != FileStatus.Removed)
            && (filter.TriggeredByOperation is not { } trigger || FileFlags.Trigger(flags) == trigger));
        _hasRanges = filter.SizeMin is not null || filter.SizeMax is not null || filter.CachedSince is not null;
        _sizeMin = filter.SizeMin ?? long.MinValue;
        _sizeMax = filter.SizeMax ?? long.MaxValue;
        _cachedSince = filter.CachedSince?.UtcTicks ?? long.MinValue;
        if (filter.UserId is { } user) _user = new SetMask(users, name => name == user);
        if (filter.Search is { } text) _term = new SearchTerm(text, searchType, users);
        _flagsOnly = !_hasRanges && _user is null && _term is null;
    }

    public bool Fits(ShardColumns columns, int row) => FitsFlags(columns.Flags[row]) && FitsRest(columns, row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool FitsFlags(ushort flags) => _flags[flags];

    /// <summary>Whether a row that fits by its flags fits by the rest too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool FitsRest(ShardColumns columns, int row) => _flagsOnly || FitsColumns(columns, row);

    private bool FitsColumns(ShardColumns columns, int row)
    {
        if (_hasRanges)
        {
            var size = columns.Sizes[row];
            if (size < _sizeMin || size > _sizeMax || columns.CachedAt[row] < _cachedSince) return false;
        }

        if (_user is not null && !_user.Holds(columns.Users[row])) return false;
        return _term is null || _term.IsIn(columns, row);
    }

    /// <summary>The search term: the cheap places come first, the path last.</summary>
    private sealed class SearchTerm
    {
        private readonly bool[]? _operations;
        private readonly SetMask? _users;
        private readonly SubstringSearch? _paths;
        private readonly bool _nameOnly;

        public SearchTerm(string text, SearchType type, UserSets users)
        {
            var folded = FoldedText.Of(text);
            if (type is SearchType.All or SearchType.Operation)
                _operations = FileFlags.Table(flags => Name(FileFlags.Trigger(flags)).Contains(folded, StringComparison.Ordinal));
            if (type is SearchType.All or SearchType.User)
                _users = new SetMask(users, user => FoldedText.Of(user).Contains(folded, StringComparison.Ordinal));
            if (type is SearchType.All or SearchType.Path or SearchType.Filename) _paths = new SubstringSearch(text);
            _nameOnly = type == SearchType.Filename;
        }

        public bool IsIn(ShardColumns columns, int row)
        {
            if (_operations is not null && _operations[columns.Flags[row]]) return true;
            if (_users is not null && _users.Holds(columns.Users[row])) return true;
            if (_paths is null) return false;
            ref readonly var place = ref columns.Places[row];
            return _nameOnly
                ? _paths.IsIn(columns.Texts.Bytes, place.NameAt, place.NameLength)
                : _paths.IsIn(columns.Texts.Bytes, place.At, place.Length);
        }

        private static string Name(CacheTrigger trigger) => FoldedText.Of(JsonNamingPolicy.SnakeCaseLower.ConvertName(trigger.ToString()));
    }
}
