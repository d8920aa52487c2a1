using System.Buffers.Binary;
using System.Diagnostics;
using Maru.Engine.Log;

namespace Maru.Engine.Bus;

/// <summary>
/// The frames in which nodes tell each other of a room:
/// <code>
/// run    = 1 count { seq kind number member target body } [count { seq trace }]
///                                                             kind: a newer node's too; member, target: 0 for none;
///                                                             target: negative of a message that the entry does not change;
///                                                             trace: of the entries that are followed, 16 bytes, their span's 8,
///                                                             and 8 for when it was written: ticks of UTC
/// head   = 2 seq                                              in place of a run that is too large
/// signal = 3 name sender isText count { header } body
/// typing = 4 user types                                       types: 0 or 1
/// reads  = 5 more { user seq version }                        to the end; more: 1 where others have read too
/// </code>
/// A newer node's frames may begin with another byte, and go on behind what is read here.
/// </summary>
internal static class RoomFrames
{
    public const byte Run = 1;
    public const byte Head = 2;
    public const byte Signal = 3;
    public const byte Typing = 4;
    public const byte Reads = 5;

    private const int TraceBytes = 16 + 8 + 8;

    /// <summary>Writes a run or, when the frame would exceed <paramref name="maxBytes"/>, only the head of the log.</summary>
    public static ReadOnlySpan<byte> Write(IReadOnlyList<Entry> run, int maxBytes)
    {
        var bytes = 16;
        foreach (var entry in run) bytes += entry.Body.Length + 64 + (entry.Trace is null ? 0 : TraceBytes + 8);
        if (bytes > maxBytes)
        {
            var head = FrameWriter.Begin(Head);
            head.Number(run[^1].Seq);
            return head.Written;
        }

        var writer = FrameWriter.Begin(Run);
        writer.Number(run.Count);
        foreach (var entry in run)
        {
            writer.Number(entry.Seq);
            writer.Number(entry.Kind.Number);
            writer.Number(entry.Number);
            writer.Number(entry.Member?.Value ?? 0);
            writer.Number(entry.Target > 0 ? entry.Target : -entry.About);
            writer.Bytes(entry.Body);
        }

        WriteTraces(writer, run);
        return writer.Written;
    }

    public static ReadOnlySpan<byte> Write(Signal signal)
    {
        var writer = FrameWriter.Begin(Signal);
        writer.Text(signal.Name);
        writer.Number(signal.Sender.Value);
        writer.Byte(signal.IsText ? (byte)1 : (byte)0);
        writer.Number(signal.Headers.Length);
        foreach (var text in signal.Headers) writer.Bytes(text);
        writer.Bytes(signal.Body);
        return writer.Written;
    }

    public static ReadOnlySpan<byte> Write(UserId user, bool types)
    {
        var writer = FrameWriter.Begin(Typing);
        writer.Number(user.Value);
        writer.Byte(types ? (byte)1 : (byte)0);
        return writer.Written;
    }

    public static ReadOnlySpan<byte> Write(ReaderPositions positions)
    {
        var writer = FrameWriter.Begin(Reads);
        writer.Byte(positions.HasMore ? (byte)1 : (byte)0);
        foreach (var (user, seq, version) in positions.All)
        {
            writer.Number(user.Value);
            writer.Number(seq);
            writer.Number(version);
        }

        return writer.Written;
    }

    public static List<Entry> ReadRun(ref FrameReader reader, RoomId room)
    {
        var count = reader.Count();
        var run = new List<Entry>(count);
        for (var i = 0; i < count; i++)
        {
            var (seq, kind) = (reader.Number(), EntryKind.Of(reader.Number()));
            var (number, member, target) = (reader.Number(), reader.Number(), reader.Number());
            if (seq < 1 || (i > 0 && seq != run[^1].Seq + 1)) throw new FormatException($"entry {i} of a run: seq {seq}");
            run.Add(new Entry(room, seq, kind, reader.Bytes().ToArray())
            {
                Number = number,
                Member = member == 0 ? null : new UserId(member),
                Target = Math.Max(target, 0),
                About = Math.Max(-target, 0),
            });
        }

        if (!reader.IsAtEnd) ReadTraces(ref reader, run);
        return run;
    }

    public static Signal ReadSignal(ref FrameReader reader)
    {
        var (name, sender, isText) = (reader.Text(), new UserId(reader.Number()), reader.Byte() == 1);
        var headers = new byte[reader.Count()][];
        if (headers.Length % 2 > 0) throw new FormatException("a header without a value");
        for (var i = 0; i < headers.Length; i++) headers[i] = reader.Bytes().ToArray();
        return new Signal(name, sender, headers, reader.Bytes().ToArray(), isText);
    }

    public static ReaderPositions ReadReads(ref FrameReader reader)
    {
        var positions = new ReaderPositions { HasMore = reader.Byte() == 1 };
        while (!reader.IsAtEnd) positions.TryAdd(new ReaderPosition(new UserId(reader.Number()), reader.Number(), reader.Number()));
        return positions;
    }

    private static void WriteTraces(FrameWriter writer, IReadOnlyList<Entry> run)
    {
        var count = 0;
        foreach (var entry in run) count += entry.Trace is null ? 0 : 1;
        if (count == 0) return;
        writer.Number(count);
        Span<byte> bytes = stackalloc byte[TraceBytes];
        var now = TimeProvider.System.GetUtcNow().UtcTicks;
        foreach (var entry in run)
        {
            if (entry.Trace is not { } trace) continue;
            trace.Context.TraceId.CopyTo(bytes[..16]);
            trace.Context.SpanId.CopyTo(bytes[16..24]);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], now);
            writer.Number(entry.Seq);
            writer.Bytes(bytes);
        }
    }

    private static void ReadTraces(ref FrameReader reader, List<Entry> run)
    {
        for (var more = reader.Count(run.Count); more > 0; more--)
        {
            var at = reader.Number() - run[0].Seq;
            var bytes = reader.Bytes();
            if (at < 0 || at >= run.Count || bytes.Length != TraceBytes) throw new FormatException("the trace of no entry");
            // Not remote: it was decided within the cluster that this one is followed.
            var context = new ActivityContext(
                ActivityTraceId.CreateFromBytes(bytes[..16]), ActivitySpanId.CreateFromBytes(bytes[16..24]),
                ActivityTraceFlags.Recorded, isRemote: false);
            run[(int)at].Trace = MessageTrace.Continue(context, BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        }
    }
}
