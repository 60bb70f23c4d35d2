namespace CacheFunctions.Storage;

/// <summary>Work that many requests profit from, so that its storage transactions are charged to none of them.</summary>
internal static class Background
{
    /// <param name="work">Deals with its failures itself.</param>
    public static void Start(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = RunAsync(work);
            return;
        }

        using (ExecutionContext.SuppressFlow()) _ = RunAsync(work);
    }

    private static async Task RunAsync(Func<Task> work)
    {
        // What comes before the first pause still belongs to the request.
        await Task.Yield();
        await work();
    }
}
