using System.Globalization;
using System.Net;

namespace CacheFunctions.Client;

/// <summary>Resumable uploads over HTTP, by tus 1.0 (https://tus.io/protocols/resumable-upload).</summary>
public sealed class UploadsClient
{
    private const string Uploads = "api/uploads";

    private static readonly (string Name, string? Value) Version = ("Tus-Resumable", "1.0.0");

    private readonly Transport _http;
    private readonly JobsClient _jobs;

    internal UploadsClient(Transport http, JobsClient jobs) => (_http, _jobs) = (http, jobs);

    /// <summary>Uploads a content, and goes on where it was after a broken connection, as long as each try brings it further.</summary>
    /// <param name="content">From where it stands to its end; must be able to seek.</param>
    /// <param name="progress">Told how many bytes are there.</param>
    /// <returns>With the entity tag of what it has become.</returns>
    public async Task<UploadState> UploadAsync(UploadTarget target, Stream content, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (!content.CanSeek) throw new ArgumentException("It must be able to seek, to be resumed.", nameof(content));
        var (start, length) = (content.Position, content.Length - content.Position);
        var upload = await CreateAsync(target, length, cancellation);
        var resumed = new UploadResumption(_http, this, upload.UploadId);
        long offset = 0;
        while (true)
        {
            content.Position = start + offset;
            var state = await resumed.AppendAsync(offset, content, target.Conditions?.Fence, cancellation);
            offset = state.Offset ?? length;
            progress?.Report(offset);
            if (offset < length) continue;
            if (state.JobId is { } job) await _jobs.WaitAsync(job, null, cancellation);
            return await FindAsync(upload.UploadId, cancellation);
        }
    }

    public async Task<UploadCapabilities> GetCapabilitiesAsync(CancellationToken cancellation = default)
    {
        using var response = await _http.SendAsync(new Call(HttpMethod.Options, Uploads), cancellation);
        return new UploadCapabilities(
            Header(response, "Tus-Version") ?? "", Words("Tus-Extension"), Words("Tus-Checksum-Algorithm"), Number(response, "Tus-Max-Size") ?? 0);

        string[] Words(string name) => Header(response, name)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
    }

    /// <param name="length">How many bytes the whole will have.</param>
    public async Task<UploadStarted> CreateAsync(UploadTarget target, long length, CancellationToken cancellation = default)
    {
        var call = new Call(HttpMethod.Post, Uploads)
        {
            Headers = [Version, ("Upload-Length", Text(length)), ("Upload-Metadata", target.Metadata), .. target.Conditions?.Headers ?? []],
        };
        return (await _http.AnswerAsync<UploadStarted>(call, cancellation)).Data;
    }

    public Task<UploadState> FindAsync(string uploadId, CancellationToken cancellation = default) =>
        StateAsync(new Call(HttpMethod.Head, One(uploadId)) { Headers = [Version] }, cancellation);

    /// <summary>Sends the next bytes. Not repeated by itself: ask how far it is, and go on there.</summary>
    /// <param name="offset">How many bytes are there.</param>
    /// <param name="piece">From where it stands to its end.</param>
    /// <param name="checksum">An algorithm and the piece's hash in base64, as tus has it: <c>sha256 …</c>. null: none.</param>
    public Task<UploadState> AppendAsync(
        string uploadId, long offset, Stream piece, string? checksum = null, long? fence = null, CancellationToken cancellation = default) => StateAsync(
        new Call(HttpMethod.Patch, One(uploadId))
        {
            Body = StreamBody.Of(piece, "application/offset+octet-stream"),
            Headers = [Version, ("Upload-Offset", Text(offset)), ("Upload-Checksum", checksum), WriteConditions.FenceHeader(fence)],
        },
        cancellation);

    /// <summary>Gives an upload up.</summary>
    public async Task DeleteAsync(string uploadId, CancellationToken cancellation = default)
    {
        using var response = await _http.SendAsync(new Call(HttpMethod.Delete, One(uploadId)) { Headers = [Version] }, cancellation);
    }

    private static string One(string uploadId) => $"{Uploads}/{Address.Step(uploadId)}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private static long? Number(HttpResponseMessage response, string name) =>
        Header(response, name) is { } text ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private async Task<UploadState> StateAsync(Call call, CancellationToken cancellation)
    {
        using var response = await _http.SendAsync(call, cancellation);
        return new UploadState(
            Number(response, "Upload-Offset"),
            Number(response, "Upload-Length"),
            Header(response, "Upload-Expires") is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) : null,
            response.Headers.ETag?.ToString(),
            response.StatusCode == HttpStatusCode.Accepted ? Transport.JobIdOf(response) : null);
    }
}
