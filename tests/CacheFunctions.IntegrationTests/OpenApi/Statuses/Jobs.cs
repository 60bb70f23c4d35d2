using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Uploads;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>What takes longer than its caller waits is answered by 202.</summary>
internal sealed class Jobs(Instances instances, Interface described, Provocation provocation)
{
    /// <summary>What a call lacks besides patience.</summary>
    private static readonly Dictionary<string, Action<Draft>> Changes = new()
    {
        ["RegisterDirectory"] = draft => draft.WithQuery("compress", "true"),
        ["RemoveDirectory"] = draft => draft.WithQuery("remove_files", "true"),
        ["CleanUpDirectories"] = draft => draft.WithField("dry_run", "false"),
    };

    public async Task RunAsync()
    {
        await Parallel.ForEachAsync(Endpoint.All.Where(each => described.Statuses(each.Described).Contains(202)), async (endpoint, cancellation) =>
        {
            if (endpoint.Function.Name is "ContinueUpload" or "FindUpload") return;
            var stage = await instances.StageAsync(endpoint.Scene);
            if (endpoint.Function.Name == "SyncSession") (await instances.Http.PutAsync($"/api/sessions/{stage.SessionId}/content", new StringContent("saved"), cancellation)).Dispose();
            var file = instances.NewFile();
            await provocation.SendAsync(instances.Impatient, 202, endpoint, stage, draft =>
            {
                if (endpoint.Function.Name == "AddCachedFile") draft.WithField("file_path", $"\"{file}\"");
                Changes.GetValueOrDefault(endpoint.Function.Name)?.Invoke(draft);
            });
        });
        await UploadsAsync();
    }

    private async Task UploadsAsync()
    {
        var (stage, append) = (await instances.StageAsync(Scene.Sessions), Provocation.Of("ContinueUpload"));
        var upload = await BeginAsync();
        await provocation.SendAsync(instances.Impatient, 202, append, stage, draft => draft.PutAt(append, "upload_id", upload));

        // All bytes of another come, but the session is not as it must be; then it is again.
        stage = await instances.StageAsync(Scene.Sessions);
        var (address, find) = ($"/api/sessions/{stage.SessionId}", Provocation.Of("FindUpload"));
        upload = await BeginAsync(("If-Match", Stage.ETag));
        (await instances.Http.PutAsync(address + "/content", new StringContent("another"))).Dispose();
        await provocation.SendAsync(instances.Impatient, 412, append, stage, draft => draft.Without("X-Fence").PutAt(append, "upload_id", upload));
        await TestService.DataAsync(await instances.Http.PostAsync(address + "/versions/1/restore", null));
        await provocation.SendAsync(instances.Impatient, 202, find, stage, draft => draft.PutAt(find, "upload_id", upload));

        async Task<string> BeginAsync(params (string, string)[] headers)
        {
            using var begun = await TusClient.SendAsync(
                instances.Http,
                HttpMethod.Post,
                "/api/uploads",
                [("Upload-Length", $"{Stage.Content.Length}"), ("Upload-Metadata", TusClient.Metadata(("session_id", stage.SessionId))), .. headers]);
            return begun.Headers.Location!.OriginalString.Split('/')[^1];
        }
    }
}
