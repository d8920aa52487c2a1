using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform.Text;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Accounts;

/// <summary>Reads and writes accounts. Any thread.</summary>
internal sealed class AccountStore(
    Database database, SessionStore sessions, SessionEvents events, ForeignEnds foreign, TimeProvider time)
{
    private const string Deleted = "deleted user";

    /// <summary>
    /// Counts a change of a name or picture, which makes entries in the nodes' memory stale: see <see
    /// cref="Maru.Engine.Log.MembershipState.Names"/>.
    /// </summary>
    private const string CountNames = "UPDATE name_changes SET number = number + 1 WHERE id = 1";

    /// <summary>
    /// Makes the account and its first session. Null when the handle is taken. Where the e-mail address is another account's, this one has
    /// none: the response must not tell who has an account, and the address stays with whom it signs in.
    /// </summary>
    public Task<(Account Account, OpenSession Session)?> CreateAsync(NewAccount account, SessionOrigin origin, CancellationToken ct) =>
        database.WriteAsync<(Account, OpenSession)?>(
            async (transaction, inner) =>
            {
                var user = await InsertAsync(transaction, account, inner);
                if (user == 0 && account.Email is not null) user = await InsertAsync(transaction, account with { Email = null }, inner);
                if (user == 0) return null;
                var made = new Account(
                    user, account.Handle, account.Name, null, null, "user", account.PasswordHash, IsGuest: account.IsGuest ? 1 : 0);
                return (made, await sessions.OpenAsync(transaction, made.UserId, origin, inner));
            },
            ct);

    /// <summary>
    /// Inserts an account as a part of a larger write; returns 0 where its handle is taken, or was a deleted account's, or its e-mail
    /// address is taken.
    /// </summary>
    public async Task<long> InsertAsync(DbTransaction transaction, NewAccount account, CancellationToken ct)
    {
        var user = await transaction.FirstAsync<long>(
            """
            INSERT INTO users (handle, name, name_key, email, password_hash, avatar_url, is_guest, created_at)
            VALUES (@Handle, @Name, @NameKey, @Email, @PasswordHash, @AvatarUrl, @guest, @now)
            ON CONFLICT DO NOTHING
            RETURNING id
            """,
            new
            {
                account.Handle,
                account.Name,
                account.NameKey,
                account.Email,
                account.PasswordHash,
                account.AvatarUrl,
                guest = account.IsGuest ? 1L : 0,
                now = Now,
            },
            ct);
        if (user == 0 || !await IsRetiredAsync(transaction, account.Handle, ct)) return user;
        await transaction.ExecuteAsync("DELETE FROM users WHERE id = @user", new { user }, ct);
        return 0;
    }

    /// <summary>
    /// Gives a user the name and picture that another issuer has for them, as a part of a larger write; null leaves one as it is.
    /// </summary>
    public static async Task<bool> RenameAsync(
        DbTransaction transaction, UserId user, string? name, string? avatarUrl, CancellationToken ct)
    {
        var renamed = await transaction.ExecuteAsync(
            """
            UPDATE users SET name = coalesce(@name, name), name_key = coalesce(@key, name_key),
              avatar_url = coalesce(@avatarUrl, avatar_url)
            WHERE id = @Value AND deleted_at IS NULL
            """,
            new { user.Value, name, key = name is null ? null : TextPolicy.NameKey(name), avatarUrl },
            ct);
        if (renamed > 0) await transaction.ExecuteAsync(CountNames, null, ct);
        return renamed > 0;
    }

    public Task<Account?> FindAsync(UserId user, CancellationToken ct) =>
        database.FirstAsync<Account>($"{Account.Select} AND id = @Value", user, ct);

    /// <summary>Returns those of the users that exist and are not deleted, in any order.</summary>
    public Task<IReadOnlyList<UserRow>> ListAsync(IReadOnlyCollection<UserId> users, CancellationToken ct) => database.ListAsync<UserRow>(
        $"SELECT {UserRow.Columns("users")} FROM users WHERE id IN @ids AND deleted_at IS NULL",
        new { ids = users.Select(x => x.Value).ToArray() },
        ct);

    /// <param name="name">a handle or, when there is an @ in it, an e-mail address</param>
    public Task<Account?> FindAsync(string name, CancellationToken ct) => database.FirstAsync<Account>(
        name.Contains('@') ? $"{Account.Select} AND email = @name" : $"{Account.Select} AND handle = @name",
        new { name },
        ct);

    /// <summary>
    /// Opens a session. Null when the account is no longer what the password was checked against: read it and check again.
    /// </summary>
    /// <param name="account">as it was read for the check</param>
    /// <param name="origin">the device and address that the sign-in comes from</param>
    /// <param name="betterHash">the hash that replaces a weak one; null leaves it</param>
    /// <param name="ct">ends the wait for the store</param>
    public async Task<OpenSession?> SignInAsync(Account account, SessionOrigin origin, string? betterHash, CancellationToken ct)
    {
        var (session, ended) = await database.WriteAsync<(OpenSession?, IReadOnlyList<long>)>(
            async (transaction, inner) =>
            {
                if (!await ReplaceHashAsync(transaction, account, betterHash ?? account.PasswordHash, inner)) return (null, []);
                var opened = await sessions.OpenAsync(transaction, account.UserId, origin, inner);
                return (opened, await sessions.MakeWayAsync(transaction, opened, inner));
            },
            ct);
        events.EndSessions(account.UserId, ended, SessionEnd.SignedInElsewhere);
        return session;
    }

    /// <summary>
    /// Changes the profile, and returns whether the user shows their presence, or hides it, who did not before. Of each text, null leaves
    /// it and an empty one removes it.
    /// </summary>
    public Task<(Account? Account, bool IsPresenceChanged)> ChangeAsync(
        UserId user, ProfileEdit edit, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            var isPresenceChanged = edit.ShowPresence is { } shows && await ShowAsync(transaction, user, shows, inner);
            var account = await transaction.FirstAsync<Account>(
                $"""
                UPDATE users SET
                  name = coalesce(@Name, name),
                  name_key = coalesce(@key, name_key),
                  status_message = nullif(coalesce(@StatusMessage, status_message), ''),
                  avatar_url = nullif(coalesce(@AvatarUrl, avatar_url), ''),
                  hides_reads = coalesce(@reads, hides_reads),
                  hides_last_seen = coalesce(@lastSeen, hides_last_seen),
                  quiet_until = coalesce(@QuietUntil, quiet_until),
                  who_may_add = coalesce(@WhoMayAdd, who_may_add),
                  who_may_write = coalesce(@WhoMayWrite, who_may_write),
                  find_by_email = coalesce(@find, find_by_email)
                WHERE id = @Value AND deleted_at IS NULL;
                {CountNames};
                {Account.Select} AND id = @Value
                """,
                new
                {
                    user.Value,
                    edit.Name,
                    key = edit.Name is null ? null : TextPolicy.NameKey(edit.Name),
                    edit.StatusMessage,
                    edit.AvatarUrl,
                    reads = Hides(edit.ReadReceipts),
                    lastSeen = Hides(edit.LastSeen),
                    edit.QuietUntil,
                    edit.Consent.WhoMayAdd,
                    edit.Consent.WhoMayWrite,
                    find = edit.Consent.FindByEmail switch { null => default(long?), true => 1, false => 0 },
                },
                inner);
            return (account, isPresenceChanged);
        },
        ct);

    /// <summary>Sets the new password and ends every other session. False where <see cref="SignInAsync"/> returns null.</summary>
    public async Task<bool> ChangePasswordAsync(Account account, long session, string hash, CancellationToken ct)
    {
        var ended = await database.WriteAsync(
            async (transaction, inner) => await ReplaceHashAsync(transaction, account, hash, inner)
                ? await sessions.EndAllAsync(transaction, account.UserId, but: session, SessionEnd.PasswordChanged, inner)
                : null,
            ct);
        events.EndSessions(account.UserId, ended ?? [], SessionEnd.PasswordChanged);
        return ended is not null;
    }

    /// <summary>
    /// Deletes the account. Its row stays, without personal data, so that others can still read the past; the handle is given to nobody
    /// again, who could be taken for the user. False where <see cref="SignInAsync"/> returns null.
    /// </summary>
    public async Task<bool> DeleteAsync(Account account, CancellationToken ct)
    {
        var (ended, isForeign) = await database.WriteAsync<(IReadOnlyList<long>?, bool)>(
            async (transaction, inner) =>
            {
                if (!await ReplaceHashAsync(transaction, account, null, inner)) return (null, false);
                await transaction.ExecuteAsync(
                    """
                    UPDATE users SET handle = @handle, name = @name, name_key = '', email = NULL, status_message = NULL, avatar_url = NULL,
                      role = 'user', session_at = NULL, deleted_at = @now
                    WHERE id = @Id
                    """,
                    new { account.Id, name = Deleted, handle = $"deleted:{account.Id}", now = Now },
                    inner);
                await transaction.ExecuteAsync(CountNames, null, inner);
                await transaction.ExecuteAsync("DELETE FROM last_seen WHERE user_id = @Id", new { account.Id }, inner);
                await transaction.ListAsync<long>(
                    "SELECT s.id FROM scheduled s WHERE s.user_id = @Id ORDER BY s.id FOR UPDATE OF s", new { account.Id }, inner);
                await transaction.ExecuteAsync(
                    """
                    DELETE FROM contacts WHERE user_id = @Id;
                    DELETE FROM contacts WHERE other_id = @Id;
                    DELETE FROM blocks WHERE user_id = @Id;
                    DELETE FROM blocks WHERE other_id = @Id;
                    DELETE FROM declined_contacts WHERE user_id = @Id;
                    DELETE FROM pending_members WHERE user_id = @Id;
                    DELETE FROM scheduled_files WHERE scheduled_id IN (SELECT s.id FROM scheduled s WHERE s.user_id = @Id);
                    DELETE FROM scheduled WHERE user_id = @Id
                    """,
                    new { account.Id },
                    inner);
                const string retire = "INSERT INTO retired_handles (hash) VALUES (@hash) ON CONFLICT DO NOTHING";
                await transaction.ExecuteAsync(retire, new { hash = HashOf(account.Handle) }, inner);
                return (
                    await sessions.EndAllAsync(transaction, account.UserId, but: 0, SessionEnd.AccountDeleted, inner),
                    await foreign.EndForGoodAsync(transaction, account.UserId, inner));
            },
            ct);
        events.EndSessions(account.UserId, ended ?? [], SessionEnd.AccountDeleted);
        if (isForeign) foreign.Tell(account.UserId, ForeignEnds.ForGood, SessionEnd.AccountDeleted);
        return ended is not null;
    }

    private static long? Hides(bool? shows) => shows is { } yes ? (yes ? 0L : 1L) : null;

    /// <summary>Shows the user's presence, or hides it; false: it is so already.</summary>
    private static async Task<bool> ShowAsync(DbTransaction transaction, UserId user, bool shows, CancellationToken ct) =>
        await transaction.ExecuteAsync(
            "UPDATE users SET hides_presence = @hides WHERE id = @Value AND deleted_at IS NULL AND hides_presence <> @hides",
            new { user.Value, hides = shows ? 0L : 1L },
            ct) > 0;

    /// <summary>
    /// Begins each write that needs the password. False when the account no longer has the hash that the password was checked against. It
    /// locks the account until the transaction ends, so sign-ins, changes of password and the deletion of one account come one after the
    /// other, on all nodes.
    /// </summary>
    private static async Task<bool> ReplaceHashAsync(DbTransaction transaction, Account account, string? hash, CancellationToken ct) =>
        await transaction.ExecuteAsync(
            """
            UPDATE users SET password_hash = @hash
            WHERE id = @Id AND coalesce(password_hash, '') = coalesce(@PasswordHash, '') AND deleted_at IS NULL
            """,
            new { account.Id, account.PasswordHash, hash },
            ct) > 0;

    /// <summary>
    /// Returns whether the handle belonged to a deleted account. Called once the new account has the handle: a deletion under way held it
    /// until then.
    /// </summary>
    private static async Task<bool> IsRetiredAsync(DbTransaction transaction, string handle, CancellationToken ct) =>
        await transaction.FirstAsync<long>(
            "SELECT count(*) FROM retired_handles WHERE hash = @hash", new { hash = HashOf(handle) }, ct) > 0;

    private static byte[] HashOf(string handle) => SHA256.HashData(Encoding.UTF8.GetBytes(handle));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>The checked fields to change in a profile; null leaves one.</summary>
/// <param name="QuietUntil">unix milliseconds until which they want to be left alone; 0: they do not</param>
internal sealed record ProfileEdit(
    string? Name, string? StatusMessage, string? AvatarUrl, bool? ShowPresence, bool? ReadReceipts, bool? LastSeen, long? QuietUntil,
    ConsentChange Consent);

/// <summary>The checked fields of a new account.</summary>
/// <param name="PasswordHash">null: no password signs in</param>
internal sealed record NewAccount(string Handle, string Name, string? Email, string? PasswordHash)
{
    public string? AvatarUrl { get; init; }

    public bool IsGuest { get; init; }

    public string NameKey => TextPolicy.NameKey(Name);
}

/// <summary>A change of whom a person lets do what to them; null leaves it.</summary>
internal sealed record ConsentChange(string? WhoMayAdd, string? WhoMayWrite, bool? FindByEmail);
