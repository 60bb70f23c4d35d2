using CacheFunctions.Idempotency;
using CacheFunctions.Sessions;
using CacheFunctions.Tests.Simulation.Sessions.Rules;

namespace CacheFunctions.Tests.Simulation.Sessions.Work;

internal sealed partial class Users
{
    private const int MaxRepeats = 3;

    private int _texts;

    private async Task SaveAsync(KnownSession session)
    {
        var bytes = NewText(session, 24 + _world.Random.Next(3));
        if (OneIn(3))
        {
            await SaveOnceAsync(session, bytes);
            return;
        }

        var conditions = Demands(session);
        Saved(session, await NotLostAsync(session, () => service.Any().UpdateCachedFileAsync(
            session.Caller, session.Id, new MemoryStream(bytes), bytes.Length, conditions)), bytes, conditions.Fence);
    }

    /// <summary>Tries under one key until the answer is certain: however often, it is one version.</summary>
    private async Task SaveOnceAsync(KnownSession session, byte[] bytes)
    {
        var key = RequestKey.Of(session.Caller, "PUT", session.Id, Text.Hash(bytes));
        session.SavedOnce.Add(Text.Hash(bytes));
        var conditions = Demands(session) with { RequestKey = key };
        for (var attempt = 1; attempt <= MaxRepeats; attempt++)
        {
            if (!await AnswerAsync(TryAsync)) return;
        }

        async Task TryAsync() => Saved(session, await NotLostAsync(session, () => service.Any().UpdateCachedFileAsync(
            session.Caller, session.Id, new MemoryStream(bytes), bytes.Length, conditions)), bytes, conditions.Fence);
    }

    private async Task PatchAsync(KnownSession session)
    {
        var patch = NewText(session, 12);
        var offset = _world.Random.Next(3) * 4;
        var conditions = Demands(session);
        Session saved;
        try
        {
            saved = await NotLostAsync(session, () => service.Any().PatchCachedFileAsync(
                session.Caller, session.Id, new MemoryStream(patch), offset, patch.Length, null, conditions));
        }
        catch (Errors.CacheException error) when (error.Code == Errors.ErrorCode.RangeNotSatisfiable)
        {
            // The file did not exist, so the session is empty.
            return;
        }

        // Ended meanwhile by somebody else: nothing is left to compare with.
        if (service.Contents.BytesOf(service.Versions.All[session.Id][(int)saved.Version - 2]) is not { } before) return;
        var expected = new byte[Math.Max(before.Length, offset + patch.Length)];
        before.CopyTo(expected, 0);
        patch.CopyTo(expected, offset);
        Saved(session, saved, expected, conditions.Fence);
        _verdict.Require(
            saved.Content.Sha256 == Text.Hash(expected),
            Rule.Saves,
            $"the patch {Text.Of(patch)} at {offset} of {Text.Of(before)} gave {Text.Of(service.Contents.BytesOf(saved.Content))}");
    }

    private async Task RestoreAsync(KnownSession session)
    {
        if (session.Saved.Count == 0) return;
        var (version, bytes) = session.Saved.ElementAt(_world.Random.Next(session.Saved.Count));
        if (version <= session.Newest - service.Settings.KeepVersions) return;
        var conditions = Demands(session);
        Saved(session, await service.Any().RestoreVersionAsync(session.Caller, session.Id, version, conditions), bytes, conditions.Fence);
    }

    /// <summary>Sometimes the version, sometimes the fence that its users believe in.</summary>
    private Conditions Demands(KnownSession session) => new()
    {
        IfMatch = OneIn(4) && session.ETag is { } etag ? [etag] : null,
        Fence = OneIn(2) ? session.Fence : null,
    };

    private void Saved(KnownSession session, Session saved, byte[] bytes, long? fence)
    {
        if (session.Saved.TryGetValue(saved.Version, out var before))
        {
            _verdict.Require(
                before.AsSpan().SequenceEqual(bytes), Rule.Log, $"two saves were told that they are version {saved.Version}");
        }

        session.Saved[saved.Version] = bytes;
        session.ETag = saved.ETag;
        session.Newest = Math.Max(session.Newest, saved.Version);
        if (fence is not { } shown) return;
        _verdict.Require(
            service.Records.LockAt(session.Id, saved.Version) == (shown, session.Id),
            Rule.Fences,
            $"version {saved.Version} showed fence {shown}, and was acknowledged under {service.Records.LockAt(session.Id, saved.Version)}");
    }

    private byte[] NewText(KnownSession session, int length) =>
        Text.Bytes(FormattableString.Invariant($"{session.User} {++_texts:d3}").PadRight(length, '.'));
}
