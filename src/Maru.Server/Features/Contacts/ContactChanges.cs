using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Contacts;

/// <summary>
/// Changes contacts. What two people are to each other changes under a lock of both (<see cref="Pair"/>), on whichever nodes they ask, so
/// two who ask each other at once become contacts. Any thread.
/// </summary>
/// <remarks>
/// The bounds are exact where one transaction follows the other, as on SQLite. On PostgreSQL requests of one person to several others at
/// the same moment are in order too, since each of them locks that person.
/// </remarks>
internal sealed class ContactChanges(Database database, ContactOptions options, ContactEvents events, TimeProvider time)
{
    /// <summary>Asks somebody, or accepts who asked. <c>IsNew</c>: it is a request that was not there before.</summary>
    public async Task<(Contact? Contact, bool IsNew, Problem? Problem)> AskAsync(UserId user, UserId other, CancellationToken ct)
    {
        var outcome = await database.WriteAsync((transaction, inner) => AskAsync(transaction, user, other, inner), ct);
        if (outcome.Problem is { } problem) return (null, false, problem);
        var theirs = outcome.State == ContactStates.Outgoing ? ContactStates.Incoming : outcome.State;
        if (outcome.IsTold) events.Changed(other, outcome.Me!, theirs, null);
        if (outcome.IsChanged) events.Changed(user, outcome.Them!, outcome.State, outcome.Nickname);
        var them = outcome.Them!;
        var contact = new Contact(new User(them.Id, them.Handle, them.Name, them.AvatarUrl), outcome.State, outcome.Nickname);
        return (contact, outcome.IsChanged && outcome.State == ContactStates.Outgoing, null);
    }

    /// <summary>Gives a contact a nickname, or none (null). Null: they are no contact.</summary>
    public async Task<Contact?> NameAsync(UserId user, UserId other, string? nickname, CancellationToken ct)
    {
        var them = await database.WriteAsync(
            (transaction, inner) => transaction.FirstAsync<UserRow>(
                $"""
                UPDATE contacts SET nickname = @nickname WHERE user_id = @user AND other_id = @other AND state = 'accepted';
                SELECT {UserRow.Columns("u")} FROM contacts c JOIN users u ON u.id = c.other_id
                WHERE c.user_id = @user AND c.other_id = @other AND c.state = 'accepted'
                """,
                new { user = user.Value, other = other.Value, nickname },
                inner),
            ct);
        if (them is null) return null;
        events.Changed(user, them, ContactStates.Accepted, nickname);
        return new Contact(new User(them.Id, them.Handle, them.Name, them.AvatarUrl), ContactStates.Accepted, nickname);
    }

    /// <summary>Removes a contact, declines a request or takes one back; nothing where there is none.</summary>
    public async Task RemoveAsync(UserId user, UserId other, CancellationToken ct)
    {
        var (mine, theirs) = await database.WriteAsync(
            async (transaction, inner) =>
            {
                await Pair.LockAsync(transaction, user, other, inner);
                return await RemoveAsync(transaction, user, other, Now, inner);
            },
            ct);
        Tell(user, other, mine, theirs);
    }

    /// <summary>Tells both sides that what they had is gone.</summary>
    public void Tell(UserId user, UserId other, string? mine, string? theirs)
    {
        if (mine is not null) events.Gone(user, other);
        if (theirs is not null) events.Gone(other, user);
    }

    /// <summary>
    /// Removes what two people are to each other, under the lock of both; returns what each had. A request to the user counts as declined.
    /// </summary>
    public async Task<(string? Mine, string? Theirs)> RemoveAsync(
        DbTransaction transaction, UserId user, UserId other, long now, CancellationToken ct)
    {
        var pair = new { user = user.Value, other = other.Value, now, since = now - (long)options.AskAgainAfter.TotalMilliseconds };
        var rows = await transaction.ListAsync<Side>(
            """
            SELECT user_id, state FROM contacts
            WHERE (user_id = @user AND other_id = @other) OR (user_id = @other AND other_id = @user)
            """,
            pair, ct);
        var mine = rows.FirstOrDefault(x => x.UserId == user.Value)?.State;
        var theirs = rows.FirstOrDefault(x => x.UserId == other.Value)?.State;
        await transaction.ExecuteAsync(
            """
            DELETE FROM contacts WHERE user_id = @user AND other_id = @other;
            DELETE FROM contacts WHERE user_id = @other AND other_id = @user
            """,
            pair, ct);
        if (mine != ContactStates.Incoming) return (mine, theirs);
        await transaction.ExecuteAsync(
            """
            DELETE FROM declined_contacts WHERE user_id = @user AND at <= @since;
            INSERT INTO declined_contacts (user_id, other_id, at) VALUES (@user, @other, @now)
            ON CONFLICT (user_id, other_id) DO UPDATE SET at = @now
            """,
            pair, ct);
        return (mine, theirs);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<Outcome> AskAsync(DbTransaction transaction, UserId user, UserId other, CancellationToken ct)
    {
        var people = await Pair.LockAsync(transaction, user, other, ct);
        var (me, them) = (people.FirstOrDefault(x => x.Id == user.Value), people.FirstOrDefault(x => x.Id == other.Value));
        if (me is null || them is null) return new Outcome(Problem.NotFound);
        // Of who is blocked all of it is read and checked too: they are refused what others are, and no more.
        var pair = (await transaction.FirstAsync<Standing>(
            """
            SELECT
              coalesce((SELECT state FROM contacts WHERE user_id = @user AND other_id = @other), '') AS mine,
              coalesce((SELECT nickname FROM contacts WHERE user_id = @user AND other_id = @other), '') AS nickname,
              coalesce((SELECT state FROM contacts WHERE user_id = @other AND other_id = @user), '') AS theirs,
              (SELECT count(*) FROM blocks WHERE user_id = @user AND other_id = @other) AS blocks,
              (SELECT count(*) FROM blocks WHERE user_id = @other AND other_id = @user) AS is_blocked,
              (SELECT count(*) FROM declined_contacts WHERE user_id = @other AND other_id = @user AND at > @since) AS declined,
              (SELECT count(*) FROM (SELECT 1 FROM contacts WHERE user_id = @user AND state = 'accepted' LIMIT @PerUser) x) AS contacts,
              (SELECT count(*) FROM (SELECT 1 FROM contacts WHERE user_id = @other AND state = 'accepted' LIMIT @PerUser) x)
                AS their_contacts,
              (SELECT count(*) FROM (SELECT 1 FROM contacts WHERE user_id = @user AND state = 'outgoing' LIMIT @RequestsPerUser) x)
                AS requests,
              (SELECT count(*) FROM (SELECT 1 FROM contacts WHERE user_id = @other AND state = 'incoming' LIMIT @RequestsToUser) x)
                AS requests_to_them
            """,
            new
            {
                user = user.Value,
                other = other.Value,
                since = Now - (long)options.AskAgainAfter.TotalMilliseconds,
                options.PerUser,
                options.RequestsPerUser,
                options.RequestsToUser,
            },
            ct))!;
        if (pair.Blocks > 0) return new Outcome(Problem.BlockedByYou);
        var isBlocked = pair.IsBlocked > 0;
        var outcome = new Outcome(null) { Me = me, Them = them, Nickname = pair.Nickname.Length > 0 ? pair.Nickname : null };
        if (pair.Mine == ContactStates.Accepted) return outcome with { State = ContactStates.Accepted };
        // They asked, or both did while one could not hear of it.
        if (pair.Mine == ContactStates.Incoming || (pair.Theirs == ContactStates.Outgoing && !isBlocked))
        {
            if (pair.Contacts >= options.PerUser || pair.TheirContacts >= options.PerUser) return new Outcome(Problem.TooManyContacts);
            await SetAsync(transaction, user, other, ContactStates.Accepted, ct);
            await SetAsync(transaction, other, user, ContactStates.Accepted, ct);
            return outcome with { State = ContactStates.Accepted, IsChanged = true, IsTold = true };
        }

        var isNew = pair.Mine.Length == 0;
        if (isNew && pair.Declined > 0) return new Outcome(Problem.AskedRecently);
        if (isNew && (pair.Requests >= options.RequestsPerUser || pair.RequestsToThem >= options.RequestsToUser))
            return new Outcome(Problem.TooManyRequests);
        // Whoever is blocked has asked, and the other one does not hear of it: a repeat after the block brings it to them.
        var isTold = !isBlocked && pair.Theirs.Length == 0;
        if (isNew) await SetAsync(transaction, user, other, ContactStates.Outgoing, ct);
        if (isTold) await SetAsync(transaction, other, user, ContactStates.Incoming, ct);
        return outcome with { State = ContactStates.Outgoing, IsChanged = isNew, IsTold = isTold };
    }

    private Task SetAsync(DbTransaction transaction, UserId user, UserId other, string state, CancellationToken ct) =>
        transaction.ExecuteAsync(
            """
            INSERT INTO contacts (user_id, other_id, state, at) VALUES (@user, @other, @state, @Now)
            ON CONFLICT (user_id, other_id) DO UPDATE SET state = excluded.state, at = excluded.at
            """,
            new { user = user.Value, other = other.Value, state, Now },
            ct);

    /// <param name="Problem">why not; null: it is done</param>
    private sealed record Outcome(Problem? Problem)
    {
        public UserRow? Me { get; init; }

        public UserRow? Them { get; init; }

        /// <summary>The user's own, as it is now.</summary>
        public string State { get; init; } = "";

        public string? Nickname { get; init; }

        public bool IsChanged { get; init; }

        /// <summary>True when something changed for the other one, too.</summary>
        public bool IsTold { get; init; }
    }

    private sealed record Side(long UserId, string State);

    /// <param name="Mine">the state that the user has; empty: none, and so the next two</param>
    private sealed record Standing(
        string Mine, string Nickname, string Theirs, long Blocks, long IsBlocked, long Declined, long Contacts, long TheirContacts,
        long Requests, long RequestsToThem);
}
