using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;

namespace Maru.Engine.Protocols.Stomp;

internal sealed partial class StompSession
{
    private ValueTask BeforeSignIn(in StompFrame frame)
    {
        if (frame.Command is not (StompCommand.Connect or StompCommand.Stomp)) return Fail(frame, Problem.ConnectFirst);
        var accept = frame.TryGetHeader("accept-version"u8, out var list) ? list : "1.0"u8;
        if (!StompVersions.TryNegotiate(accept, _newest, out var version)) return Fail(frame, Problem.UnsupportedVersion);
        var beats = default(Beats);
        if (frame.TryGetHeader("heart-beat"u8, out var header) && !Beats.TryRead(header, out beats))
            return Fail(frame, Broken("heart-beat must be two numbers of milliseconds, such as 10000,10000."));

        var token = Text(frame, "Authorization"u8) ?? Text(frame, "authorization"u8) ?? Text(frame, "passcode"u8) ?? "";
        if (token.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) token = token["Bearer ".Length..];
        return new ValueTask(ConnectAsync(token.Trim(), version, beats, Receipt(frame)));
    }

    private async Task ConnectAsync(string token, StompVersion version, Beats beats, Ticket ticket)
    {
        if (await _client.SignInAsync(token).ConfigureAwait(false) is { } refusal)
        {
            Connection.Close(refusal, ticket);
            return;
        }

        var beat = (int)_parts.Options.HeartBeat.TotalMilliseconds;
        var wire = StompWire.Of(_framing, version);
        _reader.Version = version;
        Connection.Wire = wire;
        if (version != StompVersion.V10 && beat > 0) Connection.KeepAlive = beats.With(beat);
        using var flush = new FlushList();
        Connection.Outbox.Add(wire.Connected(beat, Connection.Identity!), flush);
        Connection.Acknowledge(ticket, flush);
    }

    /// <summary><c>heart-beat:{can send every ms, 0 never},{wants every ms, 0 never}</c></summary>
    private readonly record struct Beats(long CanSend, long Wants)
    {
        /// <summary>The longest interval that counts, in ms: a longer one makes no difference.</summary>
        private const long Longest = uint.MaxValue;

        public static bool TryRead(ReadOnlySpan<byte> header, out Beats beats)
        {
            beats = default;
            var comma = header.IndexOf((byte)',');
            if (comma < 0 || !TryReadNumber(header[..comma], out var canSend) || !TryReadNumber(header[(comma + 1)..], out var wants))
                return false;
            beats = new Beats(canSend, wants);
            return true;
        }

        /// <summary>Returns the heart-beats that both sides can keep.</summary>
        /// <param name="ours">ms between the server's heart-beats, either way</param>
        public KeepAlive With(long ours) => new(Wants == 0 ? 0 : Math.Max(ours, Wants), CanSend == 0 ? 0 : Math.Max(CanSend, ours));

        private static bool TryReadNumber(ReadOnlySpan<byte> digits, out long milliseconds)
        {
            milliseconds = 0;
            foreach (var digit in digits)
            {
                if (digit is < (byte)'0' or > (byte)'9') return false;
                milliseconds = Math.Min(Longest, (milliseconds * 10) + digit - '0');
            }

            return digits.Length > 0;
        }
    }
}
