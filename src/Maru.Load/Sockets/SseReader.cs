using System.Buffers.Text;
using System.Text;

namespace Maru.Load.Sockets;

/// <summary>One event of a stream.</summary>
/// <param name="type">its <c>event:</c></param>
/// <param name="id">its <c>id:</c>; -1 = none</param>
/// <param name="data">its <c>data:</c>, valid during the call</param>
internal delegate void SseEvent(string type, long id, ReadOnlySpan<byte> data);

/// <summary>
/// Reads the response that is a stream of Server-Sent Events: its head, its chunks and in them its lines, however the bytes are split.
/// </summary>
/// <param name="opened">the response is a stream</param>
/// <param name="on">gets each event</param>
internal sealed class SseReader(Action opened, SseEvent on)
{
    private static readonly string[] Types =
        ["unread", "message.created", "mention", "room.added", "room.removed", "read", "presence", "problem", "session.ended"];

    private readonly Line _http = new();
    private readonly Line _line = new();
    private Part _part = Part.Status;
    private bool _isChunked;
    private long _left;             // of the chunk
    private string _type = "";
    private long _id = -1;
    private byte[] _data = [];
    private int _dataLength = -1;   // -1 = the event has none so far

    private enum Part : byte
    {
        Status,
        Headers,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Body,
    }

    /// <summary>The reason why it ended; null: it has not, or the server ended it in order.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes what was received; false: it is over.</summary>
    public bool Read(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_part is Part.Body or Part.Chunk)
            {
                var taken = _part == Part.Body ? input.Length : (int)Math.Min(_left, input.Length);
                ReadBody(input[..taken]);
                input = input[taken..];
                if (_part == Part.Chunk && (_left -= taken) == 0) _part = Part.ChunkEnd;
            }
            else if (_http.TryEnd(ref input, out var line) && !OnHttp(line))
            {
                return false;
            }
        }

        return true;
    }

    private bool OnHttp(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.Status when !line.StartsWith("HTTP/1.1 200"u8):
                Problem = Encoding.Latin1.GetString(line);
                return false;
            case Part.Status:
                _part = Part.Headers;
                return true;
            case Part.Headers when line.IsEmpty:
                _part = _isChunked ? Part.ChunkSize : Part.Body;
                opened();
                return true;
            case Part.Headers:
                _isChunked |= Encoding.Latin1.GetString(line).StartsWith("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase);
                return true;
            case Part.ChunkSize:
                if (!Utf8Parser.TryParse(line, out _left, out _, 'x')) Problem = "bad chunk";
                _part = Part.Chunk;
                return Problem is null && _left > 0;
            default:
                _part = Part.ChunkSize;
                return true;
        }
    }

    private void ReadBody(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_line.TryEnd(ref input, out var line)) OnLine(line);
        }
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            if (_dataLength >= 0) on(_type, _id, _data.AsSpan(0, _dataLength));
            (_type, _id, _dataLength) = ("", -1, -1);
        }
        else if (line.StartsWith("data: "u8))
        {
            var data = line[6..];
            if (data.Length > _data.Length) _data = new byte[Math.Max(128, 2 * data.Length)];
            data.CopyTo(_data);
            _dataLength = data.Length;
        }
        else if (line.StartsWith("event: "u8))
        {
            _type = TypeOf(line[7..]);
        }
        else if (line.StartsWith("id: "u8) && Utf8Parser.TryParse(line[4..], out long id, out _))
        {
            _id = id;
        }
    }

    private static string TypeOf(ReadOnlySpan<byte> name)
    {
        foreach (var type in Types)
        {
            if (name.Length == type.Length && Ascii.Equals(name, type)) return type;
        }

        return Encoding.UTF8.GetString(name);
    }

    /// <summary>A line that comes in pieces.</summary>
    private sealed class Line
    {
        private byte[] _kept = [];
        private int _length;
        private bool _isTaken;

        /// <summary>Takes up to the line's end; false: it has not come.</summary>
        public bool TryEnd(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
        {
            if (_isTaken) (_length, _isTaken) = (0, false);
            var end = input.IndexOf((byte)'\n');
            var piece = end < 0 ? input : input[..end];
            input = end < 0 ? default : input[(end + 1)..];
            line = piece;
            if (end < 0 || _length > 0)
            {
                if (_length + piece.Length > _kept.Length) Array.Resize(ref _kept, 2 * (_length + piece.Length));
                piece.CopyTo(_kept.AsSpan(_length));
                _length += piece.Length;
                line = _kept.AsSpan(0, _length);
            }

            _isTaken = end >= 0;
            if (line.EndsWith("\r"u8)) line = line[..^1];
            return end >= 0;
        }
    }
}
