using System.Globalization;

namespace CacheFunctions.Catalogue;

/// <summary>Sizes as people read them, in steps of 1024: 1.0 GB, as the second source document shows them.</summary>
public static class ReadableSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <param name="bytes">0 or more.</param>
    public static string Of(long bytes)
    {
        double size = bytes;
        var unit = 0;
        // What would be shown as 1024.0 of one unit is 1.0 of the next.
        while (Math.Round(size, 1) >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }
}
