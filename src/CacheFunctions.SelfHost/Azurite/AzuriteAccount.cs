namespace CacheFunctions.SelfHost.Azurite;

/// <summary>A storage account of an Azurite.</summary>
/// <param name="Key">Base64.</param>
public sealed record AzuriteAccount(string Name, string Key)
{
    /// <summary>The account that every emulator has; its key is public and documented.</summary>
    public static AzuriteAccount Default { get; } = new(
        "devstoreaccount1", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");
}
