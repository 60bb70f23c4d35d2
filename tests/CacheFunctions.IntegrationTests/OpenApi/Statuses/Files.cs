using CacheFunctions.Files;
using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Service;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>Of the file manager and of uploads: what is new, damaged, replaced at the wrong moment, or not what was announced.</summary>
internal sealed class Files(Instances instances, Provocation provocation)
{
    private static readonly string[] Replaced = ["ReadDirectoryFile", "DownloadAppFile", "DownloadUserFile", "DownloadSignedFile"];
    private static readonly string[] Changed = ["UploadAppFile", "UploadUserFile", "DeleteAppFile", "DeleteUserFile"];

    public async Task RunAsync()
    {
        await NewAsync();
        await DamagedAsync();
        await ReplacedAsync();
        await UploadsAsync();
    }

    private async Task NewAsync()
    {
        var stage = await instances.StageAsync(Scene.Files);
        foreach (var name in (string[])["UploadAppFile", "UploadUserFile"])
            await provocation.SendAsync(instances.Ordinary, 201, name, stage, draft => draft.PutAt(Provocation.Of(name), "filename", "new.txt"));
        await TestService.DataAsync(await instances.Http.DeleteAsync($"/api/files/blog/user/{Stage.User}/{stage.Directory}"));
        foreach (var verb in (string[])["GET", "HEAD"])
            await provocation.SendAsync(instances.Ordinary, 404, Provocation.Of("DownloadSignedFile", verb), stage);
    }

    private async Task DamagedAsync()
    {
        var stage = await instances.StageAsync(Scene.Files);
        await provocation.SendAsync(instances.Ordinary, 200, "CommitFileUpload", stage);
        var store = instances.Ordinary.App.Services.GetRequiredService<IFileStore>();
        foreach (var name in (string[])[$"blog/app/{stage.Directory}", $"blog/user/{Stage.User}/{stage.Directory}"])
        {
            var blob = (await store.FindAsync(name, default))!;
            await store.WriteAsync(name, new MemoryStream([1]), 1, () => new FileFacts(blob.ContentType, blob.Properties), default, default);
        }

        // An instance that does not remember them.
        foreach (var name in (string[])["DownloadAppFile", "DownloadUserFile", "DownloadSignedFile"])
            foreach (var verb in (string[])["GET", "HEAD"])
                await provocation.SendAsync(instances.Impatient, 502, Provocation.Of(name, verb), stage);
        foreach (var name in (string[])["CreateFileDownloadUrl", "CommitFileUpload"]) await provocation.SendAsync(instances.Impatient, 502, name, stage);
    }

    /// <summary>Whenever this service acts on what it found, another stands there.</summary>
    private async Task ReplacedAsync()
    {
        var stages = new Dictionary<Scene, Stage>();
        foreach (var scene in (Scene[])[Scene.Files, Scene.Directories]) stages[scene] = await instances.StageAsync(scene);
        // What it is given is worth being compressed, and so is written only if nobody else does.
        await TestService.DataAsync(await instances.Http.PostAsync($"/cache/register/{stages[Scene.Directories].Directory}?compress=true", null));

        instances.Blobs.Instead = request => request.Method == "GET" && request.Headers.IfMatch.Count > 0 ? (412, "ConditionNotMet") : null;
        // A part: the whole comes with what is found.
        foreach (var endpoint in Replaced.Select(name => Provocation.Of(name, "GET")))
            await provocation.SendAsync(instances.Failing, 409, endpoint, stages[endpoint.Scene], draft => draft.Without("If-Range", "If-Match").With("Range", "bytes=0-0"));
        await provocation.SendAsync(instances.Failing, 409, "CommitFileUpload", stages[Scene.Files]);

        instances.Blobs.Instead = request => request.Method is "PUT" or "DELETE" ? (412, "ConditionNotMet") : null;
        foreach (var name in Changed) await provocation.SendAsync(instances.Failing, 409, name, stages[Scene.Files]);
        await provocation.SendAsync(instances.Failing, 409, "WriteDirectoryFile", stages[Scene.Directories], draft => draft.Body = new string('a', 100_000));
        instances.Blobs.Instead = null;
    }

    private async Task UploadsAsync()
    {
        var (stage, append) = (await instances.StageAsync(Scene.Sessions), Provocation.Of("ContinueUpload"));
        await provocation.SendAsync(instances.Ordinary, 413, "CreateUpload", stage, draft => draft.With("Upload-Length", $"{long.MaxValue}"));
        await provocation.SendAsync(instances.Ordinary, 409, append, stage, draft => draft.With("Upload-Offset", "3"));
        await provocation.SendAsync(instances.Ordinary, 460, append, stage, draft => draft.Body = "other");
        var begun = await provocation.SendAsync(instances.Ordinary, 201, "CreateUpload", stage, draft => draft.With("Upload-Length", $"{Instances.MaxBodyBytes * 2}"));
        var upload = begun.Header("Location").Single().Split('/')[^1];
        await provocation.SendAsync(instances.Ordinary, 413, append, stage, draft =>
        {
            draft.PutAt(append, "upload_id", upload);
            draft.Without("Upload-Checksum").ContentLength = $"{Instances.MaxBodyBytes + 1}";
        });
    }
}
