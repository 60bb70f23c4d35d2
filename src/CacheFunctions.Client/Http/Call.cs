namespace CacheFunctions.Client;

/// <summary>One request, as often as it is sent.</summary>
/// <param name="Address">Relative to the service's; an absolute one is somebody else's, who gets neither key nor token.</param>
internal sealed record Call(HttpMethod Method, string Address)
{
    /// <summary>Makes the body of one try; null: there is none.</summary>
    public Func<HttpContent>? Body { get; init; }

    /// <summary>Whether the body can be made again.</summary>
    public bool BodyRepeats { get; init; } = true;

    public IReadOnlyList<(string Name, string? Value)> Headers { get; init; } = [];

    /// <summary>Under which a POST has one effect, however often it is sent.</summary>
    public string? IdempotencyKey { get; } = Method == HttpMethod.Post ? Guid.NewGuid().ToString("N") : null;

    /// <summary>Whether it depends on what stands there: then a second try can be refused for what the first one did.</summary>
    public bool IsConditionalWrite { get; init; }

    /// <summary>false: the answer is wanted as it is.</summary>
    public bool Retries { get; init; } = true;

    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(Method, Address) { Content = Body?.Invoke() };
        foreach (var (name, value) in Headers)
            if (value is not null && !request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        if (IdempotencyKey is not null) request.Headers.Add("Idempotency-Key", IdempotencyKey);
        return request;
    }
}
