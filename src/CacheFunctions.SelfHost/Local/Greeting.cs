namespace CacheFunctions.SelfHost.Local;

/// <summary>What a person at the terminal sees when the service is up: where it listens, and one line to try.</summary>
internal static class Greeting
{
    public static void Print(Uri address, string? demoFolder, string? dataDirectory)
    {
        var url = address.AbsoluteUri.TrimEnd('/');
        Console.WriteLine($"CacheFunctions listens on {url}");
        if (dataDirectory is not null) Console.WriteLine($"Storage: a local Azurite; its data lie in {dataDirectory}");
        if (demoFolder is null) return;
        Console.WriteLine($"Demo origin: {demoFolder}, known to callers as /mnt/nas/");
        Console.WriteLine("Try:");
        Console.WriteLine(
            $$"""  curl -X POST {{url}}/api/sessions -H 'Content-Type: application/json' -d '{"user_id": 1, "file_path": "documents/notes.txt"}'""");
    }
}
