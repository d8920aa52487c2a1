using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Server.Platform.Limits;

namespace Maru.Server.Bus;

internal enum BackplaneKind : byte
{
    /// <summary>Entries of a room's log, in seq order.</summary>
    Run = 1,

    /// <summary>A run that was too large to send: only how far the log goes now.</summary>
    Head = 2,
    Signal = 3,

    /// <summary>What a node let through of a rate limit.</summary>
    Spent = 4,
}

/// <summary>
/// What nodes tell each other, as bytes:
/// <code>
/// frame  = version(1) kind(1) node(16) body
/// run    = count { seq kind number member target text(body) }     kind: a newer node's too; member, target: 0 for none
/// head   = seq
/// signal = name sender isText count { header } body   all texts: length and bytes
/// spent  = limit(1) count { key(8) count }
/// </code>
/// Numbers are 7-bit groups, the lowest first, but for those of a fixed size.
/// </summary>
internal static class BackplaneFrames
{
    public const byte Version = 2;

    private const int Header = 2 + 16;

    public static byte[] Run(Guid node, IReadOnlyList<Entry> run, int maxBytes)
    {
        var bytes = Header + 8;
        foreach (var entry in run) bytes += entry.Body.Length + 48;
        if (bytes > maxBytes) return Head(node, run[^1].Seq);
        return Write(node, BackplaneKind.Run, bytes, writer =>
        {
            writer.Write7BitEncodedInt(run.Count);
            foreach (var entry in run)
            {
                writer.Write7BitEncodedInt64(entry.Seq);
                writer.Write7BitEncodedInt64(entry.Kind.Number);
                writer.Write7BitEncodedInt64(entry.Number);
                writer.Write7BitEncodedInt64(entry.Member?.Value ?? 0);
                writer.Write7BitEncodedInt64(entry.Target);
                Write(writer, entry.Body);
            }
        });
    }

    public static byte[] Head(Guid node, long seq) => Write(node, BackplaneKind.Head, Header + 10, writer => writer.Write7BitEncodedInt64(seq));

    public static byte[] Signal(Guid node, SignalFrame signal) => Write(node, BackplaneKind.Signal, Header + signal.Bytes, writer =>
    {
        writer.Write(signal.Name);
        writer.Write7BitEncodedInt64(signal.Sender.Value);
        writer.Write(signal.IsText);
        writer.Write7BitEncodedInt(signal.Headers.Length);
        foreach (var text in signal.Headers) Write(writer, text);
        Write(writer, signal.Body);
    });

    public static byte[] Spent(Guid node, Limit limit, IReadOnlyCollection<(long Key, int Count)> spent) =>
        Write(node, BackplaneKind.Spent, Header + 4 + (12 * spent.Count), writer =>
        {
            writer.Write((byte)limit);
            writer.Write7BitEncodedInt(spent.Count);
            foreach (var (key, count) in spent)
            {
                writer.Write(key);
                writer.Write7BitEncodedInt(count);
            }
        });

    /// <summary>Who sent the frame, and what it is; false: a newer program's, or none at all.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> frame, out Guid node, out BackplaneKind kind)
    {
        (node, kind) = (default, default);
        if (frame.Length < Header || frame[0] != Version) return false;
        (kind, node) = ((BackplaneKind)frame[1], new Guid(frame[2..Header]));
        return true;
    }

    /// <exception cref="IOException">The frame ends too early.</exception>
    /// <exception cref="FormatException">A number in it is none.</exception>
    public static List<Entry> ReadRun(byte[] frame, RoomId room)
    {
        using var reader = Reader(frame);
        var count = Checked(reader.Read7BitEncodedInt(), frame.Length);
        var run = new List<Entry>(count);
        for (var i = 0; i < count; i++)
        {
            var (seq, kind) = (reader.Read7BitEncodedInt64(), EntryKind.Of(reader.Read7BitEncodedInt64()));
            var (number, member, target) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
            if (seq < 1 || (i > 0 && seq != run[^1].Seq + 1)) throw new FormatException($"entry {i} of a run: seq {seq}");
            run.Add(new Entry(room, seq, kind, ReadBytes(reader, frame.Length))
            {
                Number = number,
                Member = member == 0 ? null : new UserId(member),
                Target = target,
            });
        }

        return run;
    }

    /// <inheritdoc cref="ReadRun"/>
    public static long ReadHead(byte[] frame)
    {
        using var reader = Reader(frame);
        return reader.Read7BitEncodedInt64();
    }

    /// <inheritdoc cref="ReadRun"/>
    public static SignalFrame ReadSignal(byte[] frame)
    {
        using var reader = Reader(frame);
        var (name, sender, isText) = (reader.ReadString(), new UserId(reader.Read7BitEncodedInt64()), reader.ReadBoolean());
        var headers = new byte[Checked(reader.Read7BitEncodedInt(), frame.Length)][];
        if (headers.Length % 2 > 0) throw new FormatException("a header without a value");
        for (var i = 0; i < headers.Length; i++) headers[i] = ReadBytes(reader, frame.Length);
        return new SignalFrame(name, sender, headers, ReadBytes(reader, frame.Length), isText);
    }

    /// <inheritdoc cref="ReadRun"/>
    public static (Limit Limit, (long Key, int Count)[] Spent) ReadSpent(byte[] frame)
    {
        using var reader = Reader(frame);
        var limit = (Limit)reader.ReadByte();
        var spent = new (long, int)[Checked(reader.Read7BitEncodedInt(), SharedLimits.MaxTold)];
        for (var i = 0; i < spent.Length; i++) spent[i] = (reader.ReadInt64(), Checked(reader.Read7BitEncodedInt(), int.MaxValue));
        return (limit, spent);
    }

    private static byte[] Write(Guid node, BackplaneKind kind, int bytes, Action<BinaryWriter> body)
    {
        using var stream = new MemoryStream(bytes);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write((byte)kind);
        Span<byte> id = stackalloc byte[16];
        node.TryWriteBytes(id);
        writer.Write(id);
        body(writer);
        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, byte[] text)
    {
        writer.Write7BitEncodedInt(text.Length);
        writer.Write(text);
    }

    private static BinaryReader Reader(byte[] frame) => new(new MemoryStream(frame, Header, frame.Length - Header, writable: false));

    private static byte[] ReadBytes(BinaryReader reader, int max)
    {
        var length = Checked(reader.Read7BitEncodedInt(), max);
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }

    private static int Checked(int count, int max) => count >= 0 && count <= max ? count : throw new FormatException($"{count} of something, where at most {max} can be");
}
