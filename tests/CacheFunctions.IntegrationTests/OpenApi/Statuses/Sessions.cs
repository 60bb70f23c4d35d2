using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>Of sessions: files that are locked, or changed or full at their origin.</summary>
internal sealed class Sessions(Instances instances, Provocation provocation)
{
    private static readonly string[] WriteBacks = ["SyncSession", "EndSession"];

    public async Task RunAsync()
    {
        await LockedAsync();
        await ChangedAsync();
        await OfCloudAsync();
    }

    private async Task LockedAsync()
    {
        var holder = await instances.StageAsync(Scene.Sessions);
        var other = await instances.StageAsync(Scene.Sessions);
        await provocation.SendAsync(instances.Ordinary, 423, "CreateSession", holder, draft => draft.WithField("lock", "true"));
        var session = await OpenAsync(holder.FilePath);
        foreach (var name in (string[])["AcquireLock", .. WriteBacks])
            await provocation.SendAsync(instances.Ordinary, 423, name, other, draft => On(draft, name, session, holder.FilePath));
    }

    private async Task ChangedAsync()
    {
        foreach (var name in WriteBacks)
        {
            var stage = await instances.StageAsync(Scene.Sessions);
            await SaveAsync(stage.SessionId);
            File.WriteAllText(Path.Combine(instances.Origin, stage.FilePath), "changed by somebody else");
            await provocation.SendAsync(instances.Ordinary, 409, name, stage, draft => On(draft, name, stage.SessionId, stage.FilePath));
        }
    }

    /// <summary>Files of a container, which is full, or in which they are archived.</summary>
    private async Task OfCloudAsync()
    {
        var stage = await instances.StageAsync(Scene.Sessions);
        var sessions = new Dictionary<string, (string Id, string Path)>();
        foreach (var (name, file) in WriteBacks.Zip((string[])["written.txt", "ended.txt"]))
            sessions[name] = (await OpenAsync(Instances.CloudPrefix + file), Instances.CloudPrefix + file);
        instances.Cloud.Instead = request => request.Method == "PUT" ? (507, "InsufficientStorage") : null;
        foreach (var name in WriteBacks) await provocation.SendAsync(instances.Ordinary, 507, name, stage, draft => On(draft, name, sessions[name].Id, sessions[name].Path));

        var archived = $"{Instances.CloudPrefix}read.txt";
        instances.Cloud.Instead = request => request.Method == "GET" ? (409, "BlobArchived") : null;
        await provocation.SendAsync(instances.Ordinary, 409, "CreateSession", stage, draft => draft.WithField("file_path", $"\"{archived}\""));
        var cached = await instances.StageAsync(Scene.CachedFiles);
        foreach (var verb in (string[])["GET", "HEAD"])
            await provocation.SendAsync(instances.Ordinary, 409, Provocation.Of("ReadThroughCache", verb), cached, draft => draft.WithQuery("path", archived));
        instances.Cloud.Instead = null;
    }

    private static void On(Draft draft, string function, string session, string file)
    {
        draft.PutAt(Provocation.Of(function), "session_id", session);
        draft.Without("X-Fence");
        if (function == "EndSession") draft.WithQuery("sync_before_cleanup", "true");
        if (draft.Fields.Exists(each => each.Name == "file_path")) draft.WithField("file_path", $"\"{file}\"");
    }

    /// <summary>A session with something to write back.</summary>
    private async Task<string> OpenAsync(string file)
    {
        using var opened = await instances.Http.PostAsync("/api/sessions", TestService.Json($$"""{"user_id": "{{Stage.User}}", "file_path": "{{file}}"}"""));
        var id = (await TestService.DataAsync(opened)).GetProperty("session_id").GetString()!;
        await SaveAsync(id);
        return id;
    }

    private async Task SaveAsync(string session)
    {
        using var saved = await instances.Http.PutAsync($"/api/sessions/{session}/content", new StringContent($"work of {session}"));
        await TestService.DataAsync(saved);
    }
}
