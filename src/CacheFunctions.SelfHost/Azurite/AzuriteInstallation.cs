namespace CacheFunctions.SelfHost.Azurite;

/// <summary>An Azurite that is ready to be started.</summary>
/// <param name="Node">Absolute path of the node that runs it.</param>
/// <param name="Directory">Where it is installed.</param>
public sealed record AzuriteInstallation(string Node, string Directory)
{
    internal string Main => Path.Combine(Directory, "node_modules", "azurite", "dist", "src", "azurite.js");
}
