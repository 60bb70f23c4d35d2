using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Overload;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>What is provoked the same way for every call that says it may answer so.</summary>
internal sealed class Sweeps(Instances instances, Interface described, Provocation provocation)
{
    private static readonly ParallelOptions Together = new() { MaxDegreeOfParallelism = 8 };

    private readonly Dictionary<Scene, Stage> _stages = [];

    public async Task RunAsync()
    {
        foreach (var scene in Enum.GetValues<Scene>()) _stages[scene] = await instances.StageAsync(scene);
        await Parallel.ForEachAsync(Endpoint.All, Together, async (endpoint, _) => await ByRequestAsync(endpoint));
        await TooManyAsync();
        await UnavailableAsync();
        await Parallel.ForEachAsync(Endpoint.All, Together, async (endpoint, _) => await ByRightRequestAsync(endpoint));
    }

    private static bool IsRead(Endpoint endpoint) => endpoint.Verb is "GET" or "HEAD" or "OPTIONS";

    private bool Says(Endpoint endpoint, int status) => described.Statuses(endpoint.Described).Contains(status);

    /// <summary>Refusals, and what only reads: they leave their stage as it is.</summary>
    private async Task ByRequestAsync(Endpoint endpoint)
    {
        foreach (var status in described.Statuses(endpoint.Described))
            if ((status > 206 || IsRead(endpoint)) && Drafts.ByStatus.TryGetValue(status, out var change))
                await provocation.SendAsync(instances.Ordinary, status, endpoint, _stages[endpoint.Scene], draft => change(endpoint, draft));
    }

    /// <summary>What changes something has a stage of its own. Under its key it is answered again, but not another body.</summary>
    private async Task ByRightRequestAsync(Endpoint endpoint)
    {
        if (IsRead(endpoint)) return;
        var stage = await instances.StageAsync(endpoint.Scene);
        var status = described.Statuses(endpoint.Described).First(each => each != 202);
        if (!Says(endpoint, 422))
        {
            await provocation.SendAsync(instances.Ordinary, status, endpoint, stage);
            return;
        }

        await provocation.SendAsync(instances.Ordinary, status, endpoint, stage, draft => draft.With("Idempotency-Key", "k"));
        await provocation.SendAsync(instances.Ordinary, 422, endpoint, stage, draft =>
        {
            draft.With("Idempotency-Key", "k");
            draft.Body = draft.BodyText() + " ";
        });
    }

    /// <summary>One request of each kind is being worked on: all others are told to come again.</summary>
    private async Task TooManyAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = instances.Narrow.Address };
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new List<Task<HttpResponseMessage>>
        {
            await HoldAsync(HttpMethod.Post, "/api/sessions/cleanup", "application/json"),
            await HoldAsync(HttpMethod.Post, "/api/cached/batch", "application/json"),
            await HoldAsync(HttpMethod.Put, "/api/files/blog/app/held", "text/plain"),
        };
        await Parallel.ForEachAsync(Endpoint.All.Where(each => Says(each, 429)), Together, async (endpoint, _) =>
            await provocation.SendAsync(instances.Narrow, 429, endpoint, _stages[endpoint.Scene]));
        goOn.SetResult();
        foreach (var each in held) (await each).Dispose();

        async Task<Task<HttpResponseMessage>> HoldAsync(HttpMethod method, string address, string type)
        {
            var content = new HeldContent(128 << 10, 64 << 10, goOn.Task);
            content.Headers.ContentType = new(type);
            // It sends once the service reads, which it does once it was taken.
            var answer = http.SendAsync(new HttpRequestMessage(method, address) { Content = content, Headers = { ExpectContinue = true } });
            Assert.Equal(content.Held, await Task.WhenAny(content.Held, answer));
            return answer;
        }
    }

    /// <summary>Storage is busy and stays so; who needs none is refused where the issuer of tokens does not answer.</summary>
    private async Task UnavailableAsync()
    {
        instances.Blobs.Refuse(int.MaxValue);
        instances.Tables.Refuse(int.MaxValue);
        // All at once, since each is asked again for seconds.
        await Task.WhenAll(Endpoint.All.Select(async endpoint =>
        {
            await Task.Yield();
            var answer = await provocation.SendAsync(instances.Failing, 503, endpoint, _stages[endpoint.Scene]);
            if (answer.Status < 400)
                await provocation.SendAsync(instances.Failing, 503, endpoint, _stages[endpoint.Scene], draft => draft.With("Authorization", "Bearer token"));
        }));
        instances.Blobs.Refuse(0);
        instances.Tables.Refuse(0);
    }
}
