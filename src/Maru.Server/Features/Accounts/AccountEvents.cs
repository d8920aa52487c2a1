using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// What other parts of the server must learn about accounts, on every node.
/// The endpoints of this slice call the methods after the commit, on the request's thread, and wait for the handlers: these are short and do
/// not throw. The real-time part subscribes at start; nobody unsubscribes. Other nodes are told of ids alone:
/// <code>
/// sessions ended  = 1 user count { session } reason
/// profile changed = 2 user
/// </code>
/// </summary>
internal sealed class AccountEvents
{
    private const byte Ended = 1;
    private const byte Changed = 2;

    private static readonly BusChannel Channel = new("accounts", Travel.Sure);

    private readonly EndedSessions _ended;
    private readonly IBus _bus;

    public AccountEvents(EndedSessions ended, IBus bus)
    {
        (_ended, _bus) = (ended, bus);
        bus.Subscribe(Channel, Hear);
    }

    /// <summary>These sessions of the user have ended, and why (see <see cref="SessionEnd"/>): their sockets must close with <c>session.ended</c>.</summary>
    public event Action<UserId, IReadOnlyList<long>, string?>? SessionsEnded;

    /// <summary>The user's name or picture is another one now; also after the account's deletion.</summary>
    public event Action<UserId>? ProfileChanged;

    /// <summary>
    /// The account is gone: the user leaves every room. Comes after <see cref="SessionsEnded"/> and <see cref="ProfileChanged"/>, on one node only.
    /// </summary>
    public event Action<UserId>? AccountDeleted;

    public void EndSessions(UserId user, IReadOnlyList<long> sessions, string reason)
    {
        if (sessions.Count == 0) return;
        Learn(user, sessions, reason);
        var frame = FrameWriter.Begin(Ended);
        frame.Number(user.Value);
        frame.Number(sessions.Count);
        foreach (var session in sessions) frame.Number(session);
        frame.Text(reason);
        _bus.Publish(Channel, frame.Written);
    }

    /// <summary>Sessions that may have ended on another node; does nothing about those that are known.</summary>
    public void Learn(UserId user, IReadOnlyList<long> sessions, string? reason)
    {
        long[] fresh = [.. sessions.Where(_ended.TryAdd)];
        if (fresh.Length > 0) SessionsEnded?.Invoke(user, fresh, reason);
    }

    public void ChangeProfile(UserId user)
    {
        ProfileChanged?.Invoke(user);
        var frame = FrameWriter.Begin(Changed);
        frame.Number(user.Value);
        _bus.Publish(Channel, frame.Written);
    }

    public void DeleteAccount(UserId user) => AccountDeleted?.Invoke(user);

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        switch (reader.Byte())
        {
            case Ended:
                var (user, sessions) = (new UserId(reader.Number()), new long[reader.Count()]);
                for (var i = 0; i < sessions.Length; i++) sessions[i] = reader.Number();
                Learn(user, sessions, reader.Text());
                break;
            case Changed:
                ProfileChanged?.Invoke(new UserId(reader.Number()));
                break;
        }
    }
}

/// <summary>Why a session ended: the <c>reason</c> of <c>session.ended</c>.</summary>
internal static class SessionEnd
{
    public const string SignedOut = "signed-out";
    public const string SignedInElsewhere = "signed-in-elsewhere";
    public const string PasswordChanged = "password-changed";
    public const string AccountDeleted = "account-deleted";
    public const string TokenReused = "token-reused";
}
