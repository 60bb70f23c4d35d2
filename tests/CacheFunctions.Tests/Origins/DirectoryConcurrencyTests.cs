using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>Others use the folder at the same time: readers, and writers that know nothing of this service.</summary>
public class DirectoryConcurrencyTests
{
    [SkippableFact]
    public async Task A_reader_sees_one_whole_version_at_any_time_while_the_file_is_replaced()
    {
        const int Replacements = 200;
        using var root = new OriginRoot();
        byte[][] versions = [PatternStream.Bytes(1 << 20), PatternStream.Bytes(1 << 20, start: 77)];
        root.Put("a", versions[0]);
        var writing = Task.Run(async () =>
        {
            var expected = await root.OpenedAsync("a");
            for (var i = 1; i <= Replacements; i++)
            {
                var result = await root.ReplaceAsync(OriginRoot.Stage("a", i), expected, versions[i % 2]);
                expected = result.Written ?? throw new InvalidOperationException($"Replacement {i} met a conflict.");
            }
        });

        var seen = new int[2];
        while (!writing.IsCompleted)
        {
            var bytes = root.Bytes("a");
            var version = Array.FindIndex(versions, each => each.AsSpan().SequenceEqual(bytes));
            Assert.True(version >= 0, $"{bytes.Length} bytes were read that are no whole version.");
            seen[version]++;
        }

        await writing;
        Assert.All(seen, count => Assert.True(count > 0));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task What_a_stranger_writes_at_the_moment_of_the_swap_is_never_lost()
    {
        const int Rounds = 300;
        using var root = new OriginRoot();
        var (landed, kept) = (0, 0);
        for (var i = 1; i <= Rounds; i++)
        {
            root.Put("a", [1, 2, 3]);
            var expected = await root.OpenedAsync("a");
            var foreign = BitConverter.GetBytes(i);
            await File.WriteAllBytesAsync(root.At("stranger"), foreign);
            var staged = OriginRoot.Stage("a", i);
            await root.WriteAsync(staged, [9]);

            using var start = new Barrier(2);
            var stranger = Task.Run(() =>
            {
                start.SignalAndWait();
                File.Move(root.At("stranger"), root.At("a"), overwrite: true);
            });
            start.SignalAndWait();
            var result = await root.Origin.SwapAsync(staged, expected, OriginRoot.Sha256([9]), "kept", default);
            await stranger;
            if (result.Written is null) await root.Origin.AbandonAsync(staged, default);
            else landed++;
            if (result.ConflictCopy is not null) kept++;

            var place = result.ConflictCopy ?? "a";
            Assert.Equal(foreign, root.Bytes(place));
            Assert.Equal(result.ConflictCopy is null ? ["a"] : ["a", "kept"], root.Entries);
            if (result.ConflictCopy is not null) File.Delete(root.At("kept"));
        }

        Console.WriteLine($"{Rounds} rounds: {landed} swapped, {kept} of them displaced the stranger's version and kept it.");
    }

    [SkippableFact]
    public async Task What_a_stranger_writes_into_the_new_file_right_after_the_swap_is_a_conflict_for_the_next()
    {
        const int Rounds = 200;
        using var root = new OriginRoot();
        for (var i = 1; i <= Rounds; i++)
        {
            root.Put("a", [1, 2, 3]);
            var expected = await root.OpenedAsync("a");
            var staged = OriginRoot.Stage("a", 2 * i);
            await root.WriteAsync(staged, [9]);
            var stranger = Task.Run(() =>
            {
                // Where it lies, and of the same length: only its times tell.
                while (root.Bytes("a") is not [9]) Thread.Yield();
                using var file = new FileStream(root.At("a"), FileMode.Open, FileAccess.Write);
                file.WriteByte(7);
            });
            var written = (await root.Origin.SwapAsync(staged, expected, OriginRoot.Sha256([9]), "kept", default)).Written;
            await stranger;

            var next = await root.ReplaceAsync(OriginRoot.Stage("a", 2 * i + 1), written, [8]);
            Assert.NotNull(next.Conflict);
            Assert.Equal([7], root.Bytes("a"));
        }
    }

    [SkippableFact]
    public async Task A_swap_and_a_take_over_at_the_same_moment_agree_on_the_outcome()
    {
        const int Rounds = 300;
        using var root = new OriginRoot();
        for (var i = 1; i <= Rounds; i++)
        {
            root.Put("a", [1, 2, 3]);
            var expected = await root.OpenedAsync("a");
            var staged = OriginRoot.Stage("a", i);
            await root.WriteAsync(staged, [9]);

            using var start = new Barrier(3);
            var swap = Task.Run(async () =>
            {
                start.SignalAndWait();
                try
                {
                    return await root.Origin.SwapAsync(staged, expected, OriginRoot.Sha256([9]), "kept", default);
                }
                catch (Errors.CacheException)
                {
                    return null;
                }
            });
            var takeOvers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();
                return root.Origin.TakeOverAsync(staged, expected, OriginRoot.Sha256([9]), "kept", default);
            })).ToList();

            var outcomes = await Task.WhenAll(takeOvers);
            var swapped = await swap;

            var now = root.Bytes("a");
            Assert.Equal(["a"], root.Entries);
            // Whoever takes over has the last word: after it the sleeper changes nothing any more.
            Assert.All(outcomes, outcome => Assert.Equal(now is [9], outcome.Written is not null));
            if (swapped is not null) Assert.Equal(now is [9], swapped.Written is not null);
        }
    }
}
