using System.Diagnostics;
using Xunit.Abstractions;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>
/// Whatever the description says that a call may answer, the running service does answer, and as it is described. An answer that is added
/// to the description and never comes fails here: most come by a rule (<see cref="Sweeps"/>), the others have a scenario.
/// </summary>
public sealed class EveryDocumentedStatusTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_status_of_every_call_comes_from_the_running_service_as_it_is_described()
    {
        var watch = Stopwatch.StartNew();
        await using var instances = await Instances.StartAsync();
        var described = await Interface.ReadAsync(instances.Http);
        var provocation = new Provocation(described);
        Tell("started");
        await new Sweeps(instances, described, provocation).RunAsync();
        Tell("sweeps");
        await new Jobs(instances, described, provocation).RunAsync();
        await new Sessions(instances, provocation).RunAsync();
        await new Caches(instances, provocation).RunAsync();
        await new Files(instances, provocation).RunAsync();
        Tell($"{described.Operations.Count} calls, {described.All.Count()} answers, {provocation.Requests} requests");

        string[] wrong = [.. provocation.Problems, .. provocation.Missing];
        Assert.True(wrong.Length == 0, $"{provocation.Problems.Count} answers are not as described, {provocation.Missing.Count} never came:\n\n{string.Join("\n\n", wrong)}");

        void Tell(string done) => output.WriteLine($"{done}: {watch.Elapsed.TotalSeconds:f1} s");
    }
}
