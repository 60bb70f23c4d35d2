using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Azure.Data.Tables.Wire;

/// <summary>A transaction's body: a multipart/mixed batch around one change set, a part for each action.</summary>
internal sealed class BatchWriter
{
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly string _batch = $"batch_{Guid.NewGuid()}";
    private readonly string _changeSet = $"changeset_{Guid.NewGuid()}";
    private readonly TableChannel _channel;
    private readonly string _table;

    public BatchWriter(TableChannel channel, string table)
    {
        _channel = channel;
        _table = table;
        Text($"--{_batch}\r\nContent-Type: multipart/mixed; boundary={_changeSet}\r\n\r\n");
    }

    public string ContentType => $"multipart/mixed; boundary={_batch}";

    public int Count { get; private set; }

    public void Add(TableTransactionAction action)
    {
        var entity = action.Entity;
        switch (action.ActionType)
        {
            case TableTransactionActionType.Add:
                Part("POST", $"/{_table}", default, entity);
                break;
            case TableTransactionActionType.Delete:
                Part("DELETE", Address(entity), action.ETag == default ? ETag.All : action.ETag, null);
                break;
            case TableTransactionActionType.UpdateMerge:
                Part("PATCH", Address(entity), action.ETag, entity);
                break;
            case TableTransactionActionType.UpdateReplace:
                Part("PUT", Address(entity), action.ETag, entity);
                break;
            case TableTransactionActionType.UpsertMerge:
                Part("PATCH", Address(entity), default, entity);
                break;
            case TableTransactionActionType.UpsertReplace:
                Part("PUT", Address(entity), default, entity);
                break;
            default:
                throw new InvalidOperationException("Unknown request type.");
        }

        Count++;
    }

    /// <summary>Closes the body; the memory may be sent any number of times.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        Text($"--{_changeSet}--\r\n--{_batch}--\r\n");
        return _body.WrittenMemory;
    }

    private string Address(ITableEntity entity) => TableAddress.Entity(_table, entity.PartitionKey, entity.RowKey);

    private void Part(string method, string address, ETag ifMatch, ITableEntity? entity)
    {
        Text($"--{_changeSet}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
        Text($"{method} {_channel.Root}{address} HTTP/1.1\r\n");
        Text($"Accept: {TableChannel.MinimalMetadata}\r\nDataServiceVersion: 3.0\r\nPrefer: return-no-content\r\n");
        if (ifMatch != default)
            Text($"If-Match: {ifMatch}\r\n");
        if (entity is null)
        {
            Text("\r\n\r\n");
            return;
        }

        Text("Content-Type: application/json\r\n\r\n");
        using (var json = new Utf8JsonWriter(_body))
            EntityWriter.Write(json, entity);
        Text("\r\n");
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, _body);
}
