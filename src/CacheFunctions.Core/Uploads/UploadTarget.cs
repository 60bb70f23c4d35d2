using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CacheFunctions.Files;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Uploads;

/// <summary>What an upload becomes once all of it is there.</summary>
public abstract record UploadTarget
{
    private protected UploadTarget()
    {
    }

    /// <summary>The log's key for it, and its path as callers know it.</summary>
    internal abstract (string Entity, string Path) Names { get; }

    /// <summary>Whose it is; null: no user's.</summary>
    internal abstract string? UserId { get; }

    /// <summary>Which shard it belongs to.</summary>
    internal abstract ReadOnlySpan<byte> Hash { get; }

    /// <exception cref="Errors.CacheException">Forbidden.</exception>
    internal abstract void RequireMayWrite(Caller caller);

    internal abstract void AddTo(RowValues values);

    internal static UploadTarget Read(Row row) => row.Values.Text("session") is { } session
        ? new VersionTarget(
            session,
            row.Values.RequiredText("user"),
            row.Values.RequiredText("path"),
            new Conditions
            {
                IfMatch = row.Values.Text("if_match") is { } tags ? JsonSerializer.Deserialize<string[]>(tags) : null,
                Fence = row.Values.Number("fence"),
            })
        : new FileTarget(
            FileAddress.Read(row.Values.RequiredText("name")) ?? throw new InvalidDataException("The row names no file."),
            row.Values.RequiredText("content_type"),
            row.Values.Flag("compress"),
            row.Values.Flag("encrypt"));
}

/// <summary>A file of the file manager.</summary>
public sealed record FileTarget(FileAddress Address, string ContentType, bool Compress, bool Encrypt) : UploadTarget
{
    internal override (string Entity, string Path) Names => (Address.Entity, Address.BlobName);

    internal override string? UserId => Address.Space.UserId;

    internal override ReadOnlySpan<byte> Hash => Address.Hash;

    internal override void RequireMayWrite(Caller caller) => FileRights.RequireMayWrite(caller, Address.Space);

    internal override void AddTo(RowValues values)
    {
        values.Add("name", Address.BlobName);
        values.Add("content_type", ContentType);
        values.Add("compress", Compress);
        values.Add("encrypt", Encrypt);
    }
}

/// <summary>A session's next version.</summary>
/// <param name="User">The session's.</param>
/// <param name="Path">Of the session's file, as callers know it.</param>
/// <param name="Conditions">What the session must still be when the version is saved.</param>
public sealed record VersionTarget(string SessionId, string User, string Path, Conditions Conditions) : UploadTarget
{
    internal override (string Entity, string Path) Names => (SessionId, Path);

    internal override string? UserId => User;

    internal override ReadOnlySpan<byte> Hash => SHA256.HashData(Encoding.UTF8.GetBytes(SessionId));

    internal override void RequireMayWrite(Caller caller) => caller.RequireMayActFor(User);

    internal override void AddTo(RowValues values)
    {
        values.Add("session", SessionId);
        values.Add("user", User);
        values.Add("path", Path);
        values.Add("if_match", Conditions.IfMatch is { } tags ? JsonSerializer.Serialize(tags) : null);
        values.Add("fence", Conditions.Fence);
    }
}
