using CacheFunctions.Directories;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Tests.Catalogue.Quota;
using CacheFunctions.Tests.Sessions;
using static CacheFunctions.Tests.Directories.EvictingWorld;

namespace CacheFunctions.Tests.Directories;

/// <summary>What is open stays, whichever instance has it open, with a quota of 1,000 bytes.</summary>
public sealed class OpenDirectoriesTests
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_somebody_reads_is_not_evicted_from_the_first_moment_on_whichever_instance_serves_it(bool elsewhere)
    {
        using var world = World("fifo");
        await FillAsync(world, 9);
        var clock = elsewhere ? new ManualTime(world.Time.GetUtcNow()) : world.Time;
        var reader = elsewhere ? world.NewInstance(clock: clock) : world.Instance;
        await using (await OpenAsync(reader, "0/file"))
        {
            await world.FillAsync("new", new string('x', 50));
            Assert.Equal(["1", "2"], await EvictedToLowMarkAsync(world));

            // However long it takes, and however slowly it is read.
            for (var passed = TimeSpan.Zero; passed < 3 * OpenLeases.Length; passed += Renewal) await RenewAsync(world, clock);

            await world.FillAsync("newer", new string('x', 160));
            Assert.DoesNotContain("0", await EvictedToLowMarkAsync(world));
        }

        world.Time.Advance(OpenLeases.Length);
        await world.FillAsync("newest", new string('x', 200));
        Assert.Contains("0", await EvictedToLowMarkAsync(world));
    }

    [Fact]
    public async Task What_is_read_slowly_stays_also_while_its_instance_opens_other_files_all_the_time()
    {
        using var world = World("fifo");
        await FillAsync(world, 9);
        var clock = new ManualTime(world.Time.GetUtcNow());
        var reader = world.NewInstance(clock: clock);
        await using var content = await OpenAsync(reader, "0/file");
        for (var passed = TimeSpan.Zero; passed < 2 * OpenLeases.Length; passed += Renewal)
        {
            clock.Advance(Renewal / 2);
            await (await OpenAsync(reader, "8/file")).DisposeAsync();
            await RenewAsync(world, clock);
        }

        await world.FillAsync("new", new string('x', 50));
        Assert.Equal(["1", "2"], await EvictedToLowMarkAsync(world));
    }

    [Fact]
    public async Task What_another_instance_has_open_is_known_before_anything_is_evicted_in_vain()
    {
        using var world = World();
        await FillAsync(world, 9);
        var reader = world.NewInstance();
        foreach (var i in Enumerable.Range(0, 4)) await OpenAsync(reader, $"{i}/file");
        await reader.Index.SendTouchesAsync(default);
        await world.PutAsync("large/file", new string('x', 601));

        Assert.Equal(ErrorCode.QuotaExceeded, (await Assert.ThrowsAsync<CacheException>(() => world.RegisterAsync("large"))).Code);
        Assert.Empty(await EvictedAsync(world));
    }

    [Fact]
    public async Task What_was_registered_after_it_was_written_into_is_held_by_who_reads_it_at_once()
    {
        // All others have been used more often.
        using var world = World("lfu");
        var reader = world.NewInstance();
        foreach (var i in Enumerable.Range(1, 8))
        {
            await world.FillAsync($"{i}", new string('x', 100));
            world.Service.NoteServed(DirectoryPath.OfFile($"{i}/file"), 100);
        }

        await world.Instance.Index.SendTouchesAsync(default);
        await reader.Service.WriteContentAsync(Caller.Machine, DirectoryPath.OfFile("0/file"), new MemoryStream(new byte[100]), 100);
        await reader.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("0"));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await using var content = await OpenAsync(reader, "0/file");
        await world.FillAsync("new", new string('x', 50));
        var evicted = await EvictedToLowMarkAsync(world);
        Assert.Equal(2, evicted.Count);
        Assert.DoesNotContain("0", evicted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_registered_while_another_instance_reads_in_it_is_not_evicted_before_it_is_closed(bool isImport)
    {
        using var world = World("fifo");
        var (content, _) = await OpenUnregisteredAsync(world, "0/file");
        if (isImport)
        {
            world.PutOrigin("files/more", "x");
            await world.Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("0"), "/mnt/nas/files");
        }
        else
        {
            await world.RegisterAsync("0");
        }

        Assert.Equal(["1", "2"], (await CrowdAsync(world)).Order());

        await content.DisposeAsync();
        world.Time.Advance(OpenLeases.Length);
        await world.FillAsync("newer", new string('x', 200));
        Assert.Contains("0", await EvictedToLowMarkAsync(world));
    }

    [Fact]
    public async Task What_is_registered_by_who_dies_at_any_step_is_not_evicted_while_another_instance_reads_in_it()
    {
        var registered = 0;
        for (var step = 1; ; step++)
        {
            using var world = World("fifo");
            var (content, clock) = await OpenUnregisteredAsync(world, "0/file");
            await using var _ = content;
            var death = new Death(step);
            try
            {
                await world.NewInstance(death).Service.RegisterAsync(Caller.Machine, DirectoryPath.Of("0"));
            }
            catch (InstanceDiedException)
            {
            }

            if ((await world.RegisteredAsync()).Contains("0"))
            {
                registered++;
                Assert.Equal(["1", "2"], (await CrowdAsync(world)).Order());
                for (var passed = TimeSpan.Zero; passed < OpenLeases.Length; passed += Renewal) await RenewAsync(world, clock);
                await world.FillAsync("newer", new string('x', 200));
                Assert.DoesNotContain("0", await EvictedToLowMarkAsync(world));
            }

            if (!death.HasDied) break;
        }

        // Also where it was found registered, and its registrar had not come so far as to look who reads.
        Assert.InRange(registered, 6, 100);
    }

    [Fact]
    public async Task Who_opens_a_file_whose_directory_changes_all_the_time_is_told_to_try_again_and_what_is_open_is_held_later()
    {
        using var world = World();
        await world.FillAsync("0");
        var contended = new ContendedStore(world.Records);
        var clock = new ManualTime(world.Time.GetUtcNow());
        var reader = world.NewInstance(over: contended, clock: clock);
        await using var content = await OpenAsync(reader, "0/file");
        var held = (await world.GetAsync("0")).OpenBy;
        contended.IsOn = true;
        for (var i = 0; i < 5; i++) await RenewAsync(world, clock);
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<CacheException>(() => OpenAsync(reader, "0/file"))).Code);
        Assert.Equal(held, (await world.GetAsync("0")).OpenBy);

        contended.IsOn = false;
        await RenewAsync(world, clock);
        Assert.NotEqual(held, (await world.GetAsync("0")).OpenBy);
    }

    [Fact]
    public async Task What_is_being_taken_away_is_not_there_any_more_for_who_comes_to_read_it()
    {
        using var world = World("fifo");
        await FillAsync(world, 9);
        var (reader, code) = (world.NewInstance(), default(ErrorCode?));
        // The files are still there.
        var interfering = new InterferingStore(world.Records, "directory_evicted", DirectoryRows.Key("0"), async () =>
            code = (await Assert.ThrowsAsync<CacheException>(() => OpenAsync(reader, "0/file"))).Code);
        var keeping = new KeepingContentStore(world.Contents);
        await world.CleanAsync(world.NewInstance(over: interfering, through: keeping).Service);
        Assert.Equal(ErrorCode.NotFound, code);
    }

    /// <summary>Of who wrote it there is no trace any more.</summary>
    /// <returns>What is open, and the clock of the instance that has opened it.</returns>
    private static async Task<(Stream Content, ManualTime Clock)> OpenUnregisteredAsync(DirectoryWorld world, string path)
    {
        await world.PutAsync(path, new string('x', 100));
        world.Time.Advance(2 * OpenLeases.Length);
        var clock = new ManualTime(world.Time.GetUtcNow());
        return (await OpenAsync(world.NewInstance(clock: clock), path), clock);
    }

    /// <summary>Registers so much after "0" that 950 bytes are there, of which two directories have to go.</summary>
    /// <returns>Which went.</returns>
    private static async Task<List<string>> CrowdAsync(DirectoryWorld world)
    {
        foreach (var i in Enumerable.Range(1, 8))
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            await world.FillAsync($"{i}", new string('x', 100));
        }

        await world.FillAsync("new", new string('x', 50));
        return await EvictedToLowMarkAsync(world);
    }

    /// <summary>To the next renewal of what was opened at a multiple of their interval.</summary>
    /// <param name="clock">That of its instance, on which nothing else happens then.</param>
    private static async Task RenewAsync(DirectoryWorld world, ManualTime clock)
    {
        var now = clock.GetUtcNow();
        var next = now.AddTicks(Renewal.Ticks - now.Ticks % Renewal.Ticks);
        var renewed = clock.ArmedForAsync(next + Renewal);
        clock.AdvanceTo(next);
        await renewed;
        world.Time.AdvanceTo(next);
    }
}
