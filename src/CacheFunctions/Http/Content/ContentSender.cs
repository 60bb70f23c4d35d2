using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http.Content;

/// <summary>Sends content of any length within bounded memory.</summary>
internal static class ContentSender
{
    // Before the first bytes are there an error still has an answer of its own; the server has only small buffers until then.
    private const int FirstBytes = 4 << 10;

    private const int BlockBytes = 256 << 10;

    public static async Task SendAsync(Stream content, HttpResponse response, CancellationToken cancellation)
    {
        // What is in memory needs no buffer.
        if (content is MemoryStream)
        {
            await content.CopyToAsync(response.Body, cancellation);
            return;
        }

        // Read into the server's own buffers, which saves a copy of everything.
        var writer = response.BodyWriter;
        for (var wanted = FirstBytes; ; wanted = BlockBytes)
        {
            var read = await content.ReadAsync(writer.GetMemory(wanted)[..wanted], cancellation);
            if (read == 0) return;
            writer.Advance(read);
            await writer.FlushAsync(cancellation);
        }
    }
}
