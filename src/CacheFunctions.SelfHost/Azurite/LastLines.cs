namespace CacheFunctions.SelfHost.Azurite;

/// <summary>Reads what a process says to the end, so that its pipe never fills, and keeps the last lines.</summary>
/// <param name="seen">Called for each line as it comes.</param>
internal sealed class LastLines(Action<string>? seen = null)
{
    private const int Kept = 15;
    private readonly Queue<string> _lines = new(Kept + 1);

    public async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > Kept) _lines.Dequeue();
            }

            seen?.Invoke(line);
        }
    }

    public override string ToString()
    {
        lock (_lines) return string.Join(Environment.NewLine, _lines).Trim();
    }
}
