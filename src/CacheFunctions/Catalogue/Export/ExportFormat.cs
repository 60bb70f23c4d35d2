namespace CacheFunctions.Catalogue.Export;

/// <summary>What an export of cached files looks like.</summary>
public enum ExportFormat
{
    /// <summary>RFC 4180, for spreadsheets.</summary>
    Csv,

    /// <summary>An array.</summary>
    Json,

    /// <summary>A line for each file, for people.</summary>
    Txt,
}
