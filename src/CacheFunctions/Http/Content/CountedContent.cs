using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http.Content;

/// <summary>
/// Content whose answer counts as one hit or miss, and as a use of the file. A GET does so when it brings the bytes, or some
/// of them, or says that the caller's own copy is still right: whoever asks so uses the file, and it should stay. HEAD and
/// errors do not count. An answer that was cut off counts with all the bytes it was to have.
/// </summary>
/// <param name="served">Told of the bytes. No storage transaction.</param>
internal sealed class CountedContent(ContentResult content, Action<long> served) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        try
        {
            await content.ExecuteAsync(httpContext);
        }
        catch when (!response.HasStarted)
        {
            // Nothing was served.
            throw;
        }
        catch
        {
            // Who stops in the middle of a film has used it all the same.
            Count(httpContext);
            throw;
        }

        Count(httpContext);
    }

    private void Count(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)) return;
        served(context.Response.StatusCode == StatusCodes.Status304NotModified ? 0 : context.Response.ContentLength ?? 0);
    }
}
