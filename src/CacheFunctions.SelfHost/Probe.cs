namespace CacheFunctions.SelfHost;

/// <summary>Asks a running service whether it is well. Container images without a shell have nothing else that could.</summary>
internal static class Probe
{
    // Less than a container's own patience, so that the reason is still said.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <returns>The exit code: 0 if the service answered 2xx in time; else 1, and why on <paramref name="errors"/>.</returns>
    public static async Task<int> RunAsync(string address, TextWriter errors)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            await errors.WriteLineAsync($"--probe '{address}' is not an http address; it must be like http://localhost:8080/api/health.");
            return 1;
        }

        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(uri);
            if (answer.IsSuccessStatusCode) return 0;
            await errors.WriteLineAsync($"{uri} answered {(int)answer.StatusCode}.");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            await errors.WriteLineAsync($"{uri} did not answer: {error.Message}");
        }

        return 1;
    }
}
