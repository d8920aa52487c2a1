using System.Buffers.Text;
using Maru.Engine.Codecs;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
namespace Maru.Engine.Protocols.Stomp;

internal sealed partial class StompSession
{
    private int _sendEvery;         // ms between heart-beats that we owe; 0: none
    private int _expectEvery;       // ms between heart-beats that we want; 0: none
    private bool _pinged;

    protected override void KeepAlive(long now, FlushList flush)
    {
        var options = Engine.Options;
        var silence = now - LastReceived;
        if (_expectEvery > 0 && silence > (2 * _expectEvery) + 2000) Fail(Problem.Silent, null, flush);
        else if (silence > 3 * (long)options.PingAfter.TotalMilliseconds && Outbox.Bytes == 0) Fail(Problem.Silent, null, flush);   // else the ping waits behind what it reads slowly

        if (silence < (long)options.PingAfter.TotalMilliseconds) _pinged = false;
        else if (!_pinged && _expectEvery == 0)
        {
            _pinged = true;
            Outbox.Add(Frames.Ping, flush);
        }

        // Two rounds early, so that a late sweep does not miss the client's deadline.
        if (_sendEvery > 0 && now - Outbox.LastProgress >= _sendEvery - (2 * Sweeper.Period.TotalMilliseconds)) Outbox.Add(Frames.HeartBeat, flush);
    }

    private void Connect(in StompFrame frame)
    {
        var accept = frame.TryGetHeader("accept-version"u8, out var list) ? list : "1.0"u8;
        if (!StompVersions.TryNegotiate(accept, out var version))
        {
            Fail(frame, Problem.UnsupportedVersion, null);
            return;
        }

        int canSend = 0, wants = 0;
        if (frame.TryGetHeader("heart-beat"u8, out var beats) && !TryReadBeats(beats, out canSend, out wants))
        {
            Fail(frame, Problem.BadFrame, "heart-beat must be two numbers of milliseconds, such as 10000,10000.");
            return;
        }

        var token = Text(frame, "Authorization"u8) ?? Text(frame, "authorization"u8) ?? Text(frame, "passcode"u8) ?? "";
        if (token.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) token = token["Bearer ".Length..];
        _wait = ConnectAsync(token.Trim(), version, canSend, wants, Bytes(frame, "receipt"u8));
    }

    private async Task ConnectAsync(string token, StompVersion version, int canSend, int wants, byte[]? receipt)
    {
        Identity? identity;
        try
        {
            identity = token.Length == 0 ? null : await Engine.AuthenticateAsync(token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Engine.Log.ReadFailed(e);
            Fail(Problem.Unavailable, null, receipt);
            return;
        }

        if (identity is null)
        {
            Fail(Problem.Unauthenticated, null, receipt);
            return;
        }

        User = Engine.Connections.TryBind(this, identity);
        if (User is null)
        {
            Fail(Problem.TooManyConnections, "This account has as many connections as it may.", receipt);
            return;
        }

        Identity = identity;
        if (Engine.Connections.HasEnded(identity.Session))
        {
            Fail(Problem.SessionEnded, null, receipt);
            return;
        }

        ExpiresAt = Engine.Clock.Now + (long)identity.ExpiresIn.TotalMilliseconds;
        var beat = (int)Engine.Options.HeartBeat.TotalMilliseconds;
        _reader.Version = version;
        if (version != StompVersion.V10 && beat > 0)
        {
            _sendEvery = wants == 0 ? 0 : Math.Max(beat, wants);
            _expectEvery = canSend == 0 ? 0 : Math.Max(canSend, beat);
        }

        var flush = new FlushList();
        Outbox.Add(Frames.Connected(version, beat, identity), flush);
        if (receipt is not null) Acknowledge(receipt, flush);
        flush.Flush();
    }

    /// <summary><c>heart-beat:{can send every ms, 0 never},{wants every ms, 0 never}</c></summary>
    private static bool TryReadBeats(ReadOnlySpan<byte> header, out int canSend, out int wants)
    {
        wants = 0;
        return Utf8Parser.TryParse(header, out canSend, out var used) && canSend >= 0 && used < header.Length && header[used] == ','
            && Utf8Parser.TryParse(header[(used + 1)..], out wants, out var rest) && wants >= 0 && used + 1 + rest == header.Length;
    }
}
