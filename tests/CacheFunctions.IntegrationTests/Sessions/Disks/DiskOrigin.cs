using System.Net.Http.Json;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Sessions.Disks;

/// <summary>A folder that goes wrong as an origin, and what a caller and a look into the folder tell of it.</summary>
internal sealed class DiskOrigin(string folder, TestService service)
{
    public string At(string name) => Path.Combine(folder, name);

    public IEnumerable<string> Names => Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    /// <summary>A file with this content in a session with that content saved and not yet written back.</summary>
    /// <returns>The session's address.</returns>
    public async Task<string> OpenAndSaveAsync(string name, byte[] old, byte[] saved)
    {
        await File.WriteAllBytesAsync(At(name), old);
        var address = $"/api/sessions/{await service.OpenAsync(name)}";
        await DataAsync(await service.Http.PutAsync(address + "/content", new ByteArrayContent(saved)));
        return address;
    }

    public Task<HttpResponseMessage> SyncAsync(string address) => service.Http.PostAsync(address + "/sync", null);

    /// <summary>The write back fails clearly, the origin has the old version and nothing else, the session its work.</summary>
    public async Task<string> FailsAndKeepsBothAsync(string address, string name, byte[] old, byte[] saved, int status, string code)
    {
        var error = await ErrorAsync(status, code, await SyncAsync(address));
        Assert.Equal(old, await File.ReadAllBytesAsync(At(name)));
        await IsDirtyAsync(address, saved);
        return error.GetProperty("error").GetString()!;
    }

    public async Task IsDirtyAsync(string address, byte[] saved)
    {
        var session = await service.Http.GetFromJsonAsync<JsonElement>(address);
        Assert.True(session.GetProperty("data").GetProperty("dirty").GetBoolean());
        Assert.Equal("active", session.GetProperty("data").GetProperty("state").GetString());
        Assert.Equal(saved, await service.Http.GetByteArrayAsync(address + "/content"));
    }

    public async Task SyncsAsync(string address, string name, byte[] saved)
    {
        Assert.True((await DataAsync(await SyncAsync(address))).GetProperty("written").GetBoolean());
        Assert.Equal(saved, await File.ReadAllBytesAsync(At(name)));
    }
}
