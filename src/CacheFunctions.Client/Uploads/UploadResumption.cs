using System.Net;

namespace CacheFunctions.Client;

/// <summary>Sends the rest of an upload, and finds out after a broken connection how far it came.</summary>
internal sealed class UploadResumption(Transport http, UploadsClient uploads, string uploadId)
{
    private const int TriesWithoutProgress = 5;

    private int _left = TriesWithoutProgress;

    /// <returns>How far it is then; not always at the end.</returns>
    public async Task<UploadState> AppendAsync(long offset, Stream rest, long? fence, CancellationToken cancellation)
    {
        TimeSpan? pause;
        try
        {
            return await uploads.AppendAsync(uploadId, offset, rest, null, fence, cancellation);
        }
        catch (HttpRequestException) when (_left > 1)
        {
            pause = null;
        }
        catch (CacheApiException error) when (_left > 1 && IsPassing(error) && !(error.RetryAfter > http.MaxPause))
        {
            pause = error.RetryAfter;
        }

        _left--;
        await Task.Delay(pause ?? TimeSpan.FromSeconds(1), http.Time, cancellation);
        var state = await uploads.FindAsync(uploadId, cancellation);
        if (state.Offset > offset) _left = TriesWithoutProgress;
        return state;
    }

    // 409: it is elsewhere than was thought; 423: the broken connection's bytes are still being written.
    private static bool IsPassing(CacheApiException error) => error.Status is
        HttpStatusCode.Conflict or HttpStatusCode.Locked or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
}
