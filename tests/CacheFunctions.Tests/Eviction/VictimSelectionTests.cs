using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Tests.Eviction;

public sealed class VictimSelectionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("lru")]
    [InlineData("lfu")]
    [InlineData("fifo")]
    [InlineData("sieve")]
    public void It_chooses_what_sorting_everything_would(string name)
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            string? remembered = null;
            var items = Enumerable.Range(0, random.Next(0, 200)).Select(_ => Item(random)).ToList();
            for (var round = 0; round < 4; round++)
            {
                var (free, take) = (random.Next(1, 3000), random.Next(1, 60));
                var policy = StoredPolicies.Create(name, remembered);
                var selection = new VictimSelection(policy, free, take);
                foreach (var item in items) selection.Offer(item);
                var chosen = selection.Choose();

                var sorted = items.Where(item => item.SizeBytes > 0).OrderBy(item => policy.RankOf(item)).ToList();
                var (count, freed) = (0, 0L);
                while (count < sorted.Count && count < take && freed < free) freed += sorted[count++].SizeBytes;
                Assert.True(sorted.Take(count).SequenceEqual(chosen.Victims), $"seed {seed}");
                Assert.True(sorted.Skip(count).Take(Choice.NextCount).SequenceEqual(chosen.Next), $"seed {seed}");
                Assert.Equal((freed, sorted.Sum(item => item.SizeBytes)), (chosen.Victims.Sum(item => item.SizeBytes), chosen.OfferedBytes));
                Assert.Equal(
                    sorted.Skip(count).OrderBy(item => item.AddedAt).ThenBy(item => item.Id).LastOrDefault(), chosen.NewestSpared);

                remembered = policy.Remember(chosen, Now.AddDays(round));
                items.RemoveAll(chosen.Victims.Contains);
            }
        }
    }

    [Fact]
    public void Of_a_million_only_the_chosen_ones_are_held()
    {
        var random = new Random(3);
        var selection = new VictimSelection(StoredPolicies.Create("lru", null), long.MaxValue, 500);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000_000; i++) selection.Offer(Item(random));
        Assert.Equal(500, selection.Choose().Victims.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_hand_of_sieve_is_a_short_text_however_often_it_moves()
    {
        var (random, hand) = (new Random(4), SieveHand.Read("no hand"));
        for (var i = 1; i < 2_000; i++)
        {
            var item = Item(random);
            var place = new SievePlace(item.AddedAt, item.Id);
            hand = SieveHand.Read(hand.MovedTo(place, random.Next(20) == 0, random.Next(30) == 0, Now.AddMinutes(i).UtcTicks).Write());
            Assert.InRange(hand.Passes.Count, 1, 32);
            Assert.Equal(hand.Passes.OrderBy(pass => pass.UpTo), hand.Passes);
            Assert.Equal(Now.AddMinutes(i).UtcTicks, hand.PassedAt(place));
        }

        Assert.InRange(hand.Write().Length, 1, 6_000);
    }

    private static StoredItem Item(Random random)
    {
        var added = Now.AddHours(-random.Next(100)).UtcTicks;
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        return new StoredItem(
            new Guid(id), random.Next(5) == 0 ? 0 : random.Next(100), added, random.Next(2) == 0 ? 0 : added + random.Next(50) * TimeSpan.TicksPerHour, random.Next(5));
    }
}
