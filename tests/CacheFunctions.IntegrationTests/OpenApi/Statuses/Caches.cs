using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>Of cached files and directories: what is new, pinned, full, off, or being removed.</summary>
internal sealed class Caches(Instances instances, Provocation provocation)
{
    // A record holds 30,000 characters of user ids, three more for each.
    private const int UsersOfFile = 30_000 / (LongestUserId + 3);
    private const int LongestUserId = 128;

    public async Task RunAsync()
    {
        await FilesAsync();
        await DirectoriesAsync();
        await FullAsync();
        await BeingRemovedAsync();
    }

    private async Task FilesAsync()
    {
        var (stage, file) = (await instances.StageAsync(Scene.CachedFiles), instances.NewFile());
        await provocation.SendAsync(instances.Ordinary, 201, "AddCachedFile", stage, draft => draft.WithField("file_path", $"\"{file}\""));
        await provocation.SendAsync(instances.Ordinary, 409, "AddCachedFile", stage, draft => draft.WithField("cache_method", "\"atomic_hardlink\""));
        var address = $"/api/cached/files/{stage.FileId}";
        for (var i = 0; i < UsersOfFile; i++)
            await TestService.DataAsync(await instances.Http.PutAsync($"{address}/users/{i.ToString("d128", System.Globalization.CultureInfo.InvariantCulture)}", null));
        await provocation.SendAsync(instances.Ordinary, 409, "AddCachedFileUser", stage, draft =>
            draft.PutAt(Provocation.Of("AddCachedFileUser"), "user_id", new string('x', LongestUserId)));
        await TestService.DataAsync(await instances.Http.PutAsync($"{address}/pin", null));
        await provocation.SendAsync(instances.Ordinary, 409, "RemoveCachedFile", stage);
    }

    private async Task DirectoriesAsync()
    {
        var stage = await instances.StageAsync(Scene.Directories);
        await provocation.SendAsync(instances.Ordinary, 201, "WriteDirectoryFile", stage, draft =>
            draft.PutAt(Provocation.Of("WriteDirectoryFile"), "path", $"new-{stage.Directory}/file.txt"));
        await provocation.SendAsync(instances.Ordinary, 201, "RegisterDirectory", stage, draft =>
            draft.PutAt(Provocation.Of("RegisterDirectory"), "path", $"new-{stage.Directory}"));
        await provocation.SendAsync(instances.Ordinary, 404, "WarmDirectories", stage, draft => draft.WithField("items", null).WithField("manifest", "\"nothing.json\""));
        await TestService.DataAsync(await instances.Http.PutAsync($"/cache/pins/{stage.Directory}", null));
        await provocation.SendAsync(instances.Ordinary, 409, "RemoveDirectory", stage);
        foreach (var name in (string[])["RegisterDirectory", "WarmDirectories", "CleanUpDirectories", "StartScheduler", "StopScheduler"])
            await provocation.SendAsync(instances.Unmanaged, 409, name, stage);
    }

    private async Task FullAsync()
    {
        const int size = (int)Instances.QuotaBytes + 1;
        using (var file = File.Create(Path.Combine(instances.Origin, "large.bin"))) file.SetLength(size);
        var stage = await instances.StageAsync(Scene.CachedFiles);
        await provocation.SendAsync(instances.Full, 507, "AddCachedFile", stage, draft => draft.WithField("file_path", "\"large.bin\""));
        foreach (var verb in (string[])["GET", "HEAD"])
            await provocation.SendAsync(instances.Full, 507, Provocation.Of("ReadThroughCache", verb), stage, draft => draft.WithQuery("path", "large.bin"));
        stage = await instances.StageAsync(Scene.Directories);
        await TestService.DataAsync(await instances.Http.PutAsync($"/cache/content/large/{stage.Directory}/file", new ByteArrayContent(new byte[size])));
        await provocation.SendAsync(instances.Full, 507, "RegisterDirectory", stage, draft =>
            draft.PutAt(Provocation.Of("RegisterDirectory"), "path", $"large/{stage.Directory}"));
        await provocation.SendAsync(instances.Full, 507, "WriteDirectoryFile", stage, draft => draft.Body = new string('a', size));
    }

    /// <summary>A removal that storage has broken off.</summary>
    private async Task BeingRemovedAsync()
    {
        var stage = await instances.StageAsync(Scene.Directories);
        instances.Blobs.Instead = request => request.Method == "DELETE" ? (403, "AuthorizationFailure") : null;
        await provocation.SendAsync(instances.Failing, 503, "RemoveDirectory", stage, draft => draft.WithQuery("remove_files", "true"));
        instances.Blobs.Instead = null;
        foreach (var name in (string[])["RegisterDirectory", "RemoveDirectory", "PinDirectory", "UnpinDirectory", "WriteDirectoryFile", "DeleteDirectoryFile"])
            await provocation.SendAsync(instances.Ordinary, 423, name, stage);
    }
}
