using Maru.Engine;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// What other parts of the server must learn about accounts. The endpoints of this slice call the methods after the commit, on the request's thread, and wait for
/// the handlers: these are short and do not throw. The real-time part subscribes at start; nobody unsubscribes.
/// </summary>
internal sealed class AccountEvents
{
    /// <summary>These sessions of the user have ended: their sockets must close with <c>session.ended</c>.</summary>
    public event Action<UserId, IReadOnlyList<long>>? SessionsEnded;

    /// <summary>The user's name or picture is another one now; also after the account's deletion.</summary>
    public event Action<UserId>? ProfileChanged;

    /// <summary>The account is gone: the user leaves every room. Comes after <see cref="SessionsEnded"/> and <see cref="ProfileChanged"/>.</summary>
    public event Action<UserId>? AccountDeleted;

    public void EndSessions(UserId user, IReadOnlyList<long> sessions)
    {
        if (sessions.Count > 0) SessionsEnded?.Invoke(user, sessions);
    }

    public void ChangeProfile(UserId user) => ProfileChanged?.Invoke(user);

    public void DeleteAccount(UserId user) => AccountDeleted?.Invoke(user);
}
