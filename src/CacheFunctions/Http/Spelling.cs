namespace CacheFunctions.Http;

internal static class Spelling
{
    /// <summary>How many letters must be added, left out or changed to get from one word to the other (Levenshtein).</summary>
    public static int Distance(string from, string to)
    {
        if (from.Length > 64) return int.MaxValue;
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
