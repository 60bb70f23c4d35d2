using CacheFunctions.Http;
using CacheFunctions.Http.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Files;

/// <summary>A file's bytes as an answer: as they were uploaded, or as they are compressed for who decompresses them.</summary>
internal sealed class FileContent : IResult
{
    private readonly ApiCall _call;
    private readonly FileDownload _found;
    private readonly Func<bool, Task<FileDownload>> _find;

    private FileContent(ApiCall call, FileDownload found, Func<bool, Task<FileDownload>> find) => (_call, _found, _find) = (call, found, find);

    /// <param name="find">Told whether the file is going to be read whole. Asked again if it is replaced right before it is opened.</param>
    public static async ValueTask<IResult> OfAsync(ApiCall call, Func<bool, Task<FileDownload>> find) =>
        new FileContent(call, await find(Preconditions.WantsWhole(call.Request)), find);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            using (_found) await Of(_call, _found).ExecuteAsync(httpContext);
        }
        catch (FileReplacedError) when (!httpContext.Response.HasStarted)
        {
            // Of another version, which may not have them.
            foreach (var name in (string[])[HeaderNames.ContentEncoding, HeaderNames.Vary, "Repr-Digest"]) httpContext.Response.Headers.Remove(name);
            using var again = await _find(Preconditions.WantsWhole(_call.Request));
            await Of(_call, again).ExecuteAsync(httpContext);
        }
    }

    private static ContentResult Of(ApiCall call, FileDownload download)
    {
        var file = download.File;
        var facts = new ContentFacts(file.ETag, file.LastModified, file.SizeBytes, file.Filename[(file.Filename.LastIndexOf('/') + 1)..], file.Sha256, isImmutable: false)
        {
            ContentType = file.ContentType,
        };
        return GzipContent.Of(
            call.Request,
            facts,
            download.GzipBytes,
            (offset, length, cancelled) => download.OpenAsync(offset, length, cancelled),
            cancelled => download.OpenGzipAsync(cancelled));
    }
}
