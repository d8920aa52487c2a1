using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Sessions;

/// <summary>
/// Tells every node which sessions have ended. Code that ends sessions calls <see cref="EndSessions"/> after the commit and waits for the
/// handlers: these are short and do not throw. The real-time part subscribes at start; nobody unsubscribes. Other nodes get ids alone:
/// <code>
/// sessions ended = 1 user count { session } reason
/// </code>
/// </summary>
internal sealed class SessionEvents
{
    private const byte Ended = 1;

    private static readonly BusChannel Channel = new("sessions", Travel.Sure);

    private readonly EndedSessions _ended;
    private readonly SecurityLog _security;
    private readonly IBus _bus;

    public SessionEvents(EndedSessions ended, SecurityLog security, IBus bus)
    {
        (_ended, _security, _bus) = (ended, security, bus);
        bus.Subscribe(Channel, Hear);
    }

    /// <summary>
    /// Raised with sessions of a user that have ended, and the reason (see <see cref="SessionEnd"/>): their sockets must close with
    /// <c>session.ended</c>.
    /// </summary>
    public event Action<UserId, IReadOnlyList<long>, string?>? SessionsEnded;

    public void EndSessions(UserId user, IReadOnlyList<long> sessions, string reason)
    {
        if (sessions.Count == 0) return;
        Learn(user, sessions, reason);
        foreach (var session in sessions)
        {
            var end = new SecurityEvent(SecurityKind.SessionEnd, SecurityOutcome.Success);
            _security.Write(end with { Subject = user.Value, Session = session, Detail = reason });
        }

        var frame = FrameWriter.Begin(Ended);
        frame.Number(user.Value);
        frame.Number(sessions.Count);
        foreach (var session in sessions) frame.Number(session);
        frame.Text(reason);
        _bus.Publish(Channel, frame.Written);
    }

    /// <summary>Takes sessions that may have ended on another node; ignores those that are known.</summary>
    public void Learn(UserId user, IReadOnlyList<long> sessions, string? reason)
    {
        long[] fresh = [.. sessions.Where(_ended.TryAdd)];
        if (fresh.Length > 0) SessionsEnded?.Invoke(user, fresh, reason);
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        if (reader.Byte() != Ended) return;
        var (user, sessions) = (new UserId(reader.Number()), new long[reader.Count()]);
        for (var i = 0; i < sessions.Length; i++) sessions[i] = reader.Number();
        Learn(user, sessions, reader.Text());
    }
}

/// <summary>The reasons why sessions end: the <c>reason</c> of <c>session.ended</c>.</summary>
internal static class SessionEnd
{
    public const string SignedOut = "signed-out";
    public const string SignedInElsewhere = "signed-in-elsewhere";
    public const string PasswordChanged = "password-changed";
    public const string AccountDeleted = "account-deleted";
    public const string TokenReused = "token-reused";

    /// <summary>The store was restored from a backup; no client is there to hear it.</summary>
    public const string Restored = "restored";
}
