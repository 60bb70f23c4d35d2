using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Errors;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Function keys, as the Functions host checks them: settings <c>Keys:Function:{name}</c> and <c>Keys:Master</c>.</summary>
public sealed class FunctionKeys
{
    public const string HeaderName = "x-functions-key";

    // Hashes are of one length, so that comparing them tells nothing about a key's length either.
    private readonly byte[][] _function;
    private readonly byte[]? _master;

    public FunctionKeys(IConfiguration configuration)
    {
        _function = [.. configuration.GetSection("Keys:Function").GetChildren()
            .Select(key => key.Value).OfType<string>().Where(key => key.Length > 0).Select(Hash)];
        _master = configuration["Keys:Master"] is { Length: > 0 } master ? Hash(master) : null;
    }

    /// <summary>Without any key, everything is open: see <see cref="OpenAccess"/>.</summary>
    public bool Any => _master is not null || _function.Length > 0;

    /// <exception cref="CacheException">Unauthenticated.</exception>
    public void Check(HttpRequest request, HttpFunction function)
    {
        if (function.Level == AuthorizationLevel.Anonymous) return;

        var header = request.Headers[HeaderName];
        var given = header.Count > 0 ? header.ToString() : request.Query["code"].ToString();
        if (given.Length == 0)
        {
            throw new CacheException(
                ErrorCode.Unauthenticated, $"This call needs a key: send it in the header {HeaderName} or the query parameter code.");
        }

        if (!Fits(given, function.Level))
        {
            throw new CacheException(
                ErrorCode.Unauthenticated,
                function.Level == AuthorizationLevel.Admin
                    ? $"This call needs the master key in the header {HeaderName}; the key given is another."
                    : $"The key given in the header {HeaderName} or the query parameter code is not valid.");
        }
    }

    private bool Fits(string given, AuthorizationLevel level)
    {
        var hash = Hash(given);
        var fits = _master is not null && CryptographicOperations.FixedTimeEquals(hash, _master);
        if (level == AuthorizationLevel.Admin) return fits;
        foreach (var key in _function) fits |= CryptographicOperations.FixedTimeEquals(hash, key);
        return fits;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
