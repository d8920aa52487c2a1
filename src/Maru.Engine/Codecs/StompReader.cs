using System.Buffers.Text;
using System.Text.Unicode;

namespace Maru.Engine.Codecs;

/// <summary>The limits of a frame. Beyond them the stream is refused, before memory is spent on it.</summary>
/// <param name="MaxHeaders">header lines a frame</param>
/// <param name="MaxHeaderBytes">bytes of command and headers together</param>
/// <param name="MaxBodyBytes">bytes of the body</param>
public readonly record struct StompLimits(int MaxHeaders, int MaxHeaderBytes, int MaxBodyBytes);

public enum StompReadStatus : byte
{
    /// <summary>The buffer ends inside a frame: call again with the unconsumed bytes and more behind them.</summary>
    NeedMore,
    Frame,
    UnknownCommand,
    MalformedHeader,

    /// <summary>A header is not UTF-8.</summary>
    HeaderNotText,
    UndefinedEscape,
    TooManyHeaders,
    HeadersTooLarge,
    BadContentLength,
    BodyTooLarge,
    BodyNotAllowed,

    /// <summary>No NUL where <c>content-length</c> says that the body ends.</summary>
    BodyNotTerminated,
}

/// <summary>
/// Reads frames off a byte stream, in place. Remembers how far it looked, so a frame that arrives a byte at a time costs no second look.
/// One stream, one caller.
/// </summary>
/// <remarks><code>
/// frame   = command EOL *( header EOL ) EOL *OCTET NULL *( EOL )
/// header  = header-name ":" header-value
/// EOL     = [CR] LF
/// </code></remarks>
public struct StompReader(StompLimits limits)
{
    private const int LongestCommand = 12; // UNSUBSCRIBE and a CR

    private StompCommand _command;
    private int _line;          // start of the line that is not read yet
    private int _seen;          // up to here the search for the next line end or NUL has been
    private int _headers;       // start of the first header line; 0: the command is not read yet
    private int _headersEnd;    // start of the empty line
    private int _body = -1;     // start of the body, once the headers are read
    private int _headerCount;
    private int _contentLength = -1;

    /// <summary>Set once the peers agreed; before, 1.0's rules hold.</summary>
    public StompVersion Version { get; set; }

    /// <summary>
    /// Reads the next frame. The caller drops <paramref name="consumed"/> bytes before the next call, also when more is needed (line ends
    /// between frames are heart-beats and are consumed). After any status beyond <see cref="StompReadStatus.Frame"/> the stream is
    /// unusable, and the frame has no header but <c>receipt</c>, which the ERROR has to name.
    /// </summary>
    public StompReadStatus Read(ReadOnlySpan<byte> buffer, out int consumed, out StompFrame frame)
    {
        var status = ReadFrame(buffer, out consumed, out frame);
        if (status > StompReadStatus.Frame) frame = new StompFrame(_command, Version, ReceiptLine(buffer[consumed..]), default);
        return status;
    }

    private StompReadStatus ReadFrame(ReadOnlySpan<byte> buffer, out int consumed, out StompFrame frame)
    {
        frame = default;
        consumed = _seen == 0 ? LineEnds(buffer) : 0;
        var rest = buffer[consumed..];
        if (rest.IsEmpty || (_seen == 0 && rest is [(byte)'\r'])) return StompReadStatus.NeedMore;

        if (_body < 0)
        {
            var status = ReadHeaders(rest);
            if (status != StompReadStatus.Frame) return status;
        }

        int length;
        if (_contentLength >= 0)
        {
            length = _contentLength;
            if (rest.Length <= _body + length) return StompReadStatus.NeedMore;
            if (rest[_body + length] != 0) return StompReadStatus.BodyNotTerminated;
        }
        else
        {
            var end = rest[_seen..].IndexOf((byte)0);
            length = (end < 0 ? rest.Length : _seen + end) - _body;
            if (length > limits.MaxBodyBytes) return StompReadStatus.BodyTooLarge;
            _seen = rest.Length;
            if (end < 0) return StompReadStatus.NeedMore;
        }

        if (length > 0 && !StompCommands.MayHaveBody(_command)) return StompReadStatus.BodyNotAllowed;
        frame = new StompFrame(_command, Version, rest[_headers.._headersEnd], rest.Slice(_body, length));
        consumed += _body + length + 1;
        this = new StompReader(limits) { Version = Version };
        return StompReadStatus.Frame;
    }

    private StompReadStatus ReadHeaders(ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            var found = rest[_seen..].IndexOf((byte)'\n');
            var end = found < 0 ? rest.Length : _seen + found;
            if (_headers == 0 && end > LongestCommand) return StompReadStatus.UnknownCommand;
            if (end > limits.MaxHeaderBytes) return StompReadStatus.HeadersTooLarge;
            _seen = found < 0 ? end : end + 1;
            if (found < 0) return StompReadStatus.NeedMore;

            var line = WithoutReturn(rest[_line..end]);
            var status = _headers == 0 ? ReadCommand(line) : line.IsEmpty ? EndHeaders(end) : ReadHeader(line);
            if (status > StompReadStatus.Frame) return _command == StompCommand.None ? StompReadStatus.UnknownCommand : status;
            _line = _seen;
            if (status == StompReadStatus.Frame) return status;
        }
    }

    private StompReadStatus ReadCommand(ReadOnlySpan<byte> line)
    {
        // An unknown one is refused behind its headers: they may ask for a receipt.
        _command = StompCommands.Parse(line);
        _headers = _seen;
        return StompReadStatus.NeedMore;
    }

    private StompReadStatus ReadHeader(ReadOnlySpan<byte> line)
    {
        if (++_headerCount > limits.MaxHeaders) return StompReadStatus.TooManyHeaders;
        var status = Check(line);
        if (status != StompReadStatus.NeedMore || _contentLength >= 0 || !line.StartsWith("content-length:"u8)) return status;

        var digits = line["content-length:".Length..].Trim((byte)' ');
        if (!Utf8Parser.TryParse(digits, out int length, out var used) || used != digits.Length || digits[0] is (byte)'+' or (byte)'-')
            return StompReadStatus.BadContentLength;
        if (length > limits.MaxBodyBytes) return StompReadStatus.BodyTooLarge;
        _contentLength = length;
        return StompReadStatus.NeedMore;
    }

    private readonly StompReadStatus Check(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf((byte)':') <= 0 || line.Contains((byte)0)) return StompReadStatus.MalformedHeader;
        if (Version == StompVersion.V12 && line.Contains((byte)'\r')) return StompReadStatus.MalformedHeader;
        if (!Utf8.IsValid(line)) return StompReadStatus.HeaderNotText;
        var escaped = _command is not (StompCommand.Connect or StompCommand.Connected or StompCommand.Stomp);
        return escaped && !StompEscapes.AreValid(line, Version) ? StompReadStatus.UndefinedEscape : StompReadStatus.NeedMore;
    }

    /// <summary>
    /// Returns the line of a broken frame that asks for a receipt, before the fault or behind it; empty when no such line can be read.
    /// </summary>
    private readonly ReadOnlySpan<byte> ReceiptLine(ReadOnlySpan<byte> frame)
    {
        var rest = frame[..Math.Min(frame.Length, limits.MaxHeaderBytes)];
        if (rest.IndexOf((byte)0) is >= 0 and var end) rest = rest[..end];
        rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        while (rest.IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = WithoutReturn(rest[..length]);
            if (line.IsEmpty) break;
            if (line.StartsWith("receipt:"u8)) return Check(line) == StompReadStatus.NeedMore ? rest[..(length + 1)] : default;
            rest = rest[(length + 1)..];
        }

        return default;
    }

    private readonly ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) =>
        line is [.., (byte)'\r'] && Version != StompVersion.V11 ? line[..^1] : line;

    private StompReadStatus EndHeaders(int emptyLine)
    {
        _headersEnd = _line;
        _body = emptyLine + 1;
        return _command == StompCommand.None ? StompReadStatus.UnknownCommand : StompReadStatus.Frame;
    }

    private static int LineEnds(ReadOnlySpan<byte> buffer)
    {
        var at = 0;
        while (at < buffer.Length && (buffer[at] == '\n' || (buffer[at] == '\r' && at + 1 < buffer.Length && buffer[at + 1] == '\n'))) at++;
        return at;
    }
}
