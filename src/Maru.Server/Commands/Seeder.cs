using System.Globalization;
using System.Text;
using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Commands;

/// <summary>
/// Fills a store with people, rooms and messages for load tests. Prepared statements in transactions of <see cref="Batch"/> rows, each folded into the file, so that
/// neither memory nor the write-ahead log grows with the plan: a million messages take some seconds. Not while a server runs on the store.
/// </summary>
internal sealed class Seeder(Database database, Passwords passwords, AccessTokens tokens, JwtOptions jwt, TimeProvider time)
{
    public const string Password = "password";

    private const int Batch = 100_000;

    // The messages reach so far into the past.
    private static readonly TimeSpan Past = TimeSpan.FromDays(30);

    private static readonly byte[][] Texts =
    [
        .. new[]
        {
            "Good morning!", "좋은 아침이에요", "Has anybody seen the new plan?", "회의는 세 시에 시작합니다.", "On my way.", "네, 확인했습니다.",
            "The build is green again, thanks to everyone who helped.", "점심 뭐 먹을까요?", "おはようございます", "I would rather wait until tomorrow.", "대박! 🎉", "See you there.",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly long _now = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="plan">what to make</param>
    /// <param name="progress">told how many rows of which kind were written since it was told last</param>
    /// <param name="ct">ends it between two transactions: what was written by then stays</param>
    public async Task<Seeded> RunAsync(SeedPlan plan, Action<string, int> progress, CancellationToken ct)
    {
        var hash = Encoding.UTF8.GetBytes(await passwords.HashAsync(Password, ct) ?? throw new InvalidOperationException("Nobody else asks for a hash here."));
        var users = new List<long>(plan.Users);
        var sessions = new List<string>(plan.Users);
        var rooms = new List<long>(plan.Rooms);
        await WriteAsync("users", plan.Users, writer => SignUp(writer, hash, users, sessions), progress, ct);
        await WriteAsync("rooms", plan.Rooms, writer => Open(writer, plan, rooms), progress, ct);
        await WriteAsync("members", plan.Rooms > 0 ? plan.Users : 0, writer => Join(writer, plan, users, rooms), progress, ct);
        await WriteAsync("messages", plan.Inhabited > 0 ? plan.Messages : 0, writer => Say(writer, plan, users, rooms), progress, ct);
        using var lease = await database.EnterWriterAsync(ct);
        Run(lease.Connection, """
            UPDATE message_keys_watermark SET message_id = (SELECT coalesce(max(id), 0) FROM messages)
            WHERE NOT EXISTS (SELECT 1 FROM messages WHERE id > message_id AND client_key IS NOT NULL)
            """);
        return new Seeded(sessions, rooms);
    }

    private async Task WriteAsync(string what, long rows, Func<sqlite3, Writing> prepare, Action<string, int> progress, CancellationToken ct)
    {
        for (long done = 0; done < rows;)
        {
            ct.ThrowIfCancellationRequested();
            var count = (int)Math.Min(Batch, rows - done);
            using (var lease = await database.EnterWriterAsync(ct))
            {
                using var writing = prepare(lease.Connection.Handle ?? throw new InvalidOperationException("The writer is not open."));
                using var transaction = lease.Connection.BeginTransaction();
                for (var i = 0; i < count; i++) writing.Write(done + i);
                transaction.Commit();
                Run(lease.Connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            }

            done += count;
            progress(what, count);
        }
    }

    private Writing SignUp(sqlite3 connection, byte[] hash, List<long> users, List<string> sessions)
    {
        var user = new SqliteStatement(
            connection, "INSERT OR IGNORE INTO users (handle, name, name_key, password_hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5)");
        var session = new SqliteStatement(
            connection,
            "INSERT INTO sessions (user_id, device, refresh_hash, created_at, used_at, expires_at) VALUES (?1, 'seed', randomblob(32), ?2, ?2, ?3)");
        var expires = _now + (long)jwt.RefreshTokenLifetime.TotalMilliseconds;
        var number = LastUser(connection);
        return new Writing(
            _ =>
            {
                do
                {
                    number++;
                    user.Bind(1, Text($"user{number}")).Bind(2, Text($"User {number}")).Bind(3, Text($"user {number}")).Bind(4, hash).Bind(5, _now).Run();
                }
                while (raw.sqlite3_changes(connection) == 0);   // somebody has that handle

                var id = raw.sqlite3_last_insert_rowid(connection);
                users.Add(id);
                session.Bind(1, id).Bind(2, _now).Bind(3, expires).Run();
                sessions.Add(tokens.Write(new UserId(id), raw.sqlite3_last_insert_rowid(connection), "user", EndedSessions.SeededTokenLifetime));
            },
            user,
            session);
    }

    private Writing Open(sqlite3 connection, SeedPlan plan, List<long> rooms)
    {
        var room = new SqliteStatement(
            connection, "INSERT INTO rooms (kind, name, name_key, visibility, member_count, created_at) VALUES ('group', ?1, ?2, 'public', ?3, ?4)");
        var head = new SqliteStatement(connection, "INSERT INTO room_heads (room_id, last_seq, last_at) VALUES (?1, ?2, ?3)");
        return new Writing(
            i =>
            {
                room.Bind(1, Text($"Room {i + 1}")).Bind(2, Text($"room {i + 1}")).Bind(3, plan.Members((int)i)).Bind(4, _now - (long)Past.TotalMilliseconds).Run();
                var id = raw.sqlite3_last_insert_rowid(connection);
                rooms.Add(id);
                head.Bind(1, id).Bind(2, plan.MessagesOf((int)i)).Bind(3, _now).Run();
            },
            room,
            head);
    }

    private Writing Join(sqlite3 connection, SeedPlan plan, List<long> users, List<long> rooms)
    {
        var member = new SqliteStatement(connection, "INSERT INTO members (room_id, user_id, role, joined_at) VALUES (?1, ?2, ?3, ?4)");
        return new Writing(
            i => member.Bind(1, rooms[(int)(i % plan.Rooms)]).Bind(2, users[(int)i]).Bind(3, i < plan.Rooms ? "owner"u8 : "member"u8).Bind(4, _now).Run(),
            member);
    }

    private Writing Say(sqlite3 connection, SeedPlan plan, List<long> users, List<long> rooms)
    {
        var message = new SqliteStatement(connection, "INSERT INTO messages (room_id, seq, type, sender_id, at, text) VALUES (?1, ?2, 0, ?3, ?4, ?5)");
        var step = Past.TotalMilliseconds / plan.Messages;
        return new Writing(
            i =>
            {
                var room = (int)(i % plan.Inhabited);
                var seq = (i / plan.Inhabited) + 1;
                var sender = users[room + (int)(seq % plan.Members(room)) * plan.Rooms];
                var at = _now - (long)((plan.Messages - i) * step);
                message.Bind(1, rooms[room]).Bind(2, seq).Bind(3, sender).Bind(4, at).Bind(5, Texts[(int)((seq * 7 + room) % Texts.Length)]).Run();
            },
            message);
    }

    private static long LastUser(sqlite3 connection)
    {
        using var statement = new SqliteStatement(connection, "SELECT coalesce(max(id), 0) FROM users");
        statement.Step();
        return statement.Int64(0);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static byte[] Text(FormattableString text) => Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes one row after the other with statements of its own.</summary>
    private sealed class Writing(Action<long> write, params SqliteStatement[] statements) : IDisposable
    {
        public void Write(long row) => write(row);

        public void Dispose()
        {
            foreach (var statement in statements) statement.Dispose();
        }
    }
}
