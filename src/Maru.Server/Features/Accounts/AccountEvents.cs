using Maru.Engine;
using Maru.Server.Bus;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// What other parts of the server must learn about accounts, on every node. The endpoints of this slice call the methods after the commit, on the request's thread, and
/// wait for the handlers: these are short and do not throw. The real-time part subscribes at start; nobody unsubscribes.
/// </summary>
internal sealed class AccountEvents(EndedSessions ended, News news) : INewsReader
{
    /// <summary>These sessions of the user have ended, and why (see <see cref="SessionEnd"/>): their sockets must close with <c>session.ended</c>.</summary>
    public event Action<UserId, IReadOnlyList<long>, string?>? SessionsEnded;

    /// <summary>The user's name or picture is another one now; also after the account's deletion.</summary>
    public event Action<UserId>? ProfileChanged;

    /// <summary>The account is gone: the user leaves every room. Comes after <see cref="SessionsEnded"/> and <see cref="ProfileChanged"/>, on one node only.</summary>
    public event Action<UserId>? AccountDeleted;

    public void EndSessions(UserId user, IReadOnlyList<long> sessions, string reason)
    {
        if (sessions.Count == 0) return;
        Learn(user, sessions, reason);
        news.Tell(new Fact(Fact.SessionsEnded, [user.Value]) { Sessions = sessions, Reason = reason });
    }

    /// <summary>Sessions that may have ended on another node; does nothing about those that are known.</summary>
    public void Learn(UserId user, IReadOnlyList<long> sessions, string? reason)
    {
        long[] fresh = [.. sessions.Where(ended.TryAdd)];
        if (fresh.Length > 0) SessionsEnded?.Invoke(user, fresh, reason);
    }

    public void ChangeProfile(UserId user)
    {
        ProfileChanged?.Invoke(user);
        news.Tell(new Fact(Fact.ProfileChanged, [user.Value]));
    }

    public void DeleteAccount(UserId user) => AccountDeleted?.Invoke(user);

    public Task HearAsync(Fact fact, CancellationToken ct)
    {
        foreach (var user in fact.Users)
        {
            if (fact.Type == Fact.SessionsEnded) Learn(new UserId(user), fact.Sessions, fact.Reason);
            else if (fact.Type == Fact.ProfileChanged) ProfileChanged?.Invoke(new UserId(user));
        }

        return Task.CompletedTask;
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
