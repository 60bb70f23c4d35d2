using CacheFunctions.Security;

namespace CacheFunctions.Tests.Simulation.Sessions.Work;

/// <summary>What its users know of a session: what they were told, and what they asked for.</summary>
internal sealed class KnownSession(string id, string user, string path)
{
    public string Id => id;

    public string Path => path;

    public Caller Caller { get; } = new(user, IsAdmin: false);

    public string User => user;

    /// <summary>The contents of versions whose save was acknowledged.</summary>
    public SortedDictionary<long, byte[]> Saved { get; } = [];

    /// <summary>The newest version that anybody was told of.</summary>
    public long Newest { get; set; }

    public string? ETag { get; set; }

    /// <summary>The fence of the lock that its users believe to hold.</summary>
    public long? Fence { get; set; }

    /// <summary>Somebody asked to end it, whatever became of that.</summary>
    public bool EndAsked { get; set; }

    /// <summary>Somebody asked to give its unsynced work up.</summary>
    public bool GiveUpAsked { get; set; }

    /// <summary>The hashes of contents that were saved under a request key.</summary>
    public HashSet<string> SavedOnce { get; } = [];

    /// <summary>Somebody was told that it has ended.</summary>
    public bool EndTold { get; set; }
}
