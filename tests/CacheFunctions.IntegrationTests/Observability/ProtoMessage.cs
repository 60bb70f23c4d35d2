using System.Buffers.Binary;
using System.Text;

namespace CacheFunctions.IntegrationTests.Observability;

/// <summary>A message of Protocol Buffers by the numbers of its fields. https://protobuf.dev/programming-guides/encoding</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, byte[]? Bytes)> _fields = [];

    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var key = Varint(ref bytes);
            var field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref bytes), null));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes), null));
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    _fields.Add((field, 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes), null));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"Field {field} is of an unknown type.");
            }
        }
    }

    public IEnumerable<ProtoMessage> All(int field) => _fields.Where(each => each.Field == field).Select(each => new ProtoMessage(each.Bytes!));

    public ProtoMessage? One(int field) => All(field).SingleOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    public ulong? Number(int field) => _fields.Where(each => each.Field == field).Select(each => (ulong?)each.Number).SingleOrDefault();

    public bool Has(int field) => _fields.Any(each => each.Field == field);

    private byte[] Bytes(int field) => _fields.Where(each => each.Field == field).Select(each => each.Bytes!).SingleOrDefault() ?? [];

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
