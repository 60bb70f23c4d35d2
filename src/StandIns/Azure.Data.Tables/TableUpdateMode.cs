namespace Azure.Data.Tables;

/// <summary>What becomes of stored properties that the sent entity does not name: Merge keeps them, Replace drops them.</summary>
public enum TableUpdateMode
{
    Merge = 0,
    Replace = 1,
}
