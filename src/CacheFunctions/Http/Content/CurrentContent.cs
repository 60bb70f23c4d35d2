using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

/// <summary>Content that may be replaced after it was found and before it is opened: then it is found and answered anew, once.</summary>
/// <param name="find">Finds it; after a Conflict, as it is by then. What it gives beside the answer is disposed of at the answer's end.</param>
internal sealed class CurrentContent(Func<Task<(IResult Answer, IDisposable Found)>> find) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        try
        {
            await AnswerAsync(httpContext);
            return;
        }
        catch (CacheException error) when (error.Code == ErrorCode.Conflict && !response.HasStarted)
        {
            // What was said of the other version, and is perhaps not of this one.
            foreach (var name in (string[])[HeaderNames.ContentEncoding, HeaderNames.Vary, HeaderNames.ContentRange]) response.Headers.Remove(name);
            response.ContentLength = null;
            response.StatusCode = StatusCodes.Status200OK;
        }

        await AnswerAsync(httpContext);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (answer, found) = await find();
        using (found) await answer.ExecuteAsync(context);
    }
}
