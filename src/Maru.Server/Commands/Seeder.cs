using System.Globalization;
using System.Security.Cryptography;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Files;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Commands;

/// <summary>
/// Fills a store with people, rooms and messages for load tests, <see cref="Batch"/> rows a transaction: memory does not grow with the
/// plan, and a million messages take some seconds. New ids follow the existing ones, so it must not run beside a server on the store.
/// </summary>
internal sealed class Seeder(
    Database database, Passwords passwords, AccessTokens tokens, JwtOptions jwt, TimeProvider time, SeedTexts? texts = null,
    SeedFiles? contents = null)
{
    public const string Password = "password";

    private const int Batch = 100_000;
    private const int FilesAtOnce = 100;

    // The messages reach so far into the past.
    private static readonly TimeSpan Past = TimeSpan.FromDays(30);

    private readonly SeedTexts _texts = texts ?? new SeedTexts([]);
    private readonly long _now = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="plan">the plan</param>
    /// <param name="progress">gets the kind of rows and how many were written since the last call</param>
    /// <param name="ct">ends it between two transactions: rows written by then stay</param>
    public async Task<Seeded> RunAsync(SeedPlan plan, Action<string, int> progress, CancellationToken ct)
    {
        var hash = await passwords.HashAsync(Password, isKnown: false, ct)
            ?? throw new InvalidOperationException("Nobody else asks for a hash here.");
        var handles = await FreeHandlesAsync(plan.Users, ct);
        var users = await NextIdsAsync("users", plan.Users, ct);
        var sessions = await NextIdsAsync("sessions", plan.Users, ct);
        var marks = sessions.Select(_ => SessionMark.Make()).ToArray();
        var rooms = await NextIdsAsync("rooms", plan.Rooms, ct);
        var expires = _now + (long)jwt.RefreshTokenLifetime.TotalMilliseconds;
        var begun = _now - (long)Past.TotalMilliseconds;

        await InsertAsync("users", ["id", "handle", "name", "name_key", "password_hash", "created_at"], plan.Users,
            i => [users[(int)i], handles[(int)i], Capital(handles[(int)i]), Spaced(handles[(int)i]), hash, _now]);
        string[] session = ["id", "user_id", "device", "refresh_hash", "mark", "created_at", "used_at", "expires_at"];
        await InsertAsync("sessions", session, plan.Users,
            i => [sessions[(int)i], users[(int)i], "seed", RandomNumberGenerator.GetBytes(32), marks[(int)i], _now, _now, expires],
            "users");
        await InsertAsync("rooms", ["id", "kind", "name", "name_key", "visibility", "member_count", "created_at", "active_at"], plan.Rooms,
            i => [rooms[(int)i], "group", Text($"Room {i + 1}"), Text($"room {i + 1}"), "public", (long)plan.Members((int)i), begun, _now]);
        await InsertAsync("room_heads", ["room_id", "last_seq", "messages", "last_at"], plan.Rooms,
            i => [rooms[(int)i], plan.MessagesOf((int)i), plan.MessagesOf((int)i), _now], "rooms");
        await InsertAsync("own_counts", ["room_id", "seq"], plan.Rooms, i => [rooms[(int)i], plan.MessagesOf((int)i)], "rooms");
        // Everybody is there from the beginning, and has read nothing.
        await InsertAsync("members", ["room_id", "user_id", "role", "joined_at", "join_seq", "own"], (long)plan.Users * plan.RoomsEach, i =>
        {
            var (user, next) = ((int)(i / plan.RoomsEach), (int)(i % plan.RoomsEach));
            var (role, own) = (user < plan.Rooms && next == 0 ? "owner" : "member", next == 0 ? plan.SentBy(user) : 0);
            return [rooms[(user + next) % plan.Rooms], users[user], role, begun, 0L, own];
        });
        var messages = plan.Inhabited > 0 ? plan.Messages : 0;
        var files = await NextIdsAsync("files", messages > 0 ? plan.Files : 0, ct);
        await FilesAsync();
        await InsertAsync("messages", ["room_id", "seq", "number", "type", "sender_id", "at", "text", "files"], messages, i =>
        {
            var (room, seq, sender, at, text) = Message(i);
            var json = plan.FileOf(i) is { } file ? SeedFiles.Json(files[file], seq, text) : null;
            return [room, seq, seq, EntryKind.MessageCreated.Number, sender, at, text, json];
        });
        await InsertAsync("message_files", ["room_id", "seq", "position", "file_id", "kind"], files.Length, i =>
        {
            var (room, seq, _, _, _) = Message(plan.MessageWith((int)i));
            return [room, seq, 0L, files[i], (long)FileKind.Document];
        }, "files");
        await database.AnalyzeAsync(ct);
        return new Seeded(
            [.. users.Select((user, i) =>
                tokens.Write(new UserId(user), sessions[i], marks[i], "user", EndedSessions.SeededTokenLifetime))],
            rooms);

        // Their contents first: a file is there before its message.
        async Task FilesAsync()
        {
            foreach (var some in Enumerable.Range(0, files.Length).Chunk(FilesAtOnce))
            {
                await contents!.StoreAsync(some.Select(i => (files[i], Message(plan.MessageWith(i)).Text)), ct);
                progress("files", some.Length);
            }

            await InsertAsync("files", SeedFiles.Columns, files.Length, i =>
            {
                var (_, seq, sender, at, text) = Message(plan.MessageWith((int)i));
                return SeedFiles.Row(files[i], sender, seq, text, at);
            }, "files");
        }

        (long Room, long Seq, long Sender, long At, string Text) Message(long i)
        {
            var room = (int)(i % plan.Inhabited);
            var seq = (i / plan.Inhabited) + 1;
            var sender = users[room + (plan.SenderOf(room, seq) * plan.Rooms)];
            var at = _now - (long)((plan.Messages - i) * (Past.TotalMilliseconds / plan.Messages));
            return (rooms[room], seq, sender, at, _texts.Of(room, seq));
        }

        async Task InsertAsync(string table, string[] columns, long rows, Func<long, object?[]> row, string? partOf = null)
        {
            for (long done = 0; done < rows;)
            {
                var (first, count) = (done, (int)Math.Min(Batch, rows - done));
                await database.InsertAsync(table, columns, Enumerable.Range(0, count).Select(i => row(first + i)), ct);
                done += count;
                if (partOf is null) progress(table, count);
            }
        }
    }

    private async Task<long[]> NextIdsAsync(string table, int count, CancellationToken ct)
    {
        var last = await database.FirstAsync<long>($"SELECT coalesce(max(id), 0) FROM {table}", null, ct);
        var ids = new long[count];
        for (var i = 0; i < count; i++) ids[i] = last + i + 1;
        return ids;
    }

    private async Task<string[]> FreeHandlesAsync(int count, CancellationToken ct)
    {
        var taken = (
            await database.ListAsync<string>("SELECT handle FROM users WHERE handle > 'user' AND handle < 'uses'", null, ct)).ToHashSet();
        var number = await database.FirstAsync<long>("SELECT coalesce(max(id), 0) FROM users", null, ct);
        var free = new string[count];
        for (var i = 0; i < count; i++)
        {
            do free[i] = Text($"user{++number}");
            while (taken.Contains(free[i]));
        }

        return free;
    }

    private static string Capital(string handle) => $"User {handle["user".Length..]}";

    private static string Spaced(string handle) => $"user {handle["user".Length..]}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
