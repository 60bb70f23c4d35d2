namespace Azure.Data.Tables.Wire;

/// <summary>The type annotations of the protocol. Strings, bools and 32-bit integers carry none.</summary>
internal static class EdmTypes
{
    public const string Binary = "Edm.Binary";
    public const string DateTime = "Edm.DateTime";
    public const string Double = "Edm.Double";
    public const string Guid = "Edm.Guid";
    public const string Int64 = "Edm.Int64";
}
