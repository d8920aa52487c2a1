using System.Text.Json;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>The actions of people in rooms, as a test says them.</summary>
internal static class Chat
{
    public static Task<Room> MakeRoomAsync(
        this Person owner, string name = "room", string visibility = "public", string? password = null, params long[] members) =>
        owner.Http.SendAsync("POST /api/rooms", new { name, visibility, password, members }).Read<Room>(201);

    public static Task<string> JoinAsync(this Person person, Room room) =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/join").ShouldBe(204);

    public static Task<Message> SayAsync(this Person person, Room room, string text = "hello") =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text }).Read<Message>(201);

    public static Task<Room> SeeAsync(this Person person, Room room) => person.Http.SendAsync($"GET /api/rooms/{room.Id}").Read<Room>();

    public static async Task<IReadOnlyList<Member>> MembersAsync(this Person person, Room room) =>
        (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/members?limit=200").Read<MemberPage>()).Items;

    public static async Task<IReadOnlyList<Message>> HistoryAsync(this Person person, Room room) =>
        (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?limit=200").Read<MessagePage>()).Items;

    /// <summary>Returns the room's system messages: "member.joined ann1", with the subject's handle.</summary>
    public static async Task<IReadOnlyList<string>> NewsAsync(this Person person, Room room) =>
    [
        .. from message in await person.HistoryAsync(room)
           where message.Kind == "system"
           select $"{message.Event} {message.Subject?.Handle}".TrimEnd(),
    ];

    /// <summary>A connection that makes the person online and hears their own events.</summary>
    public static async Task<StompSocket> ListenAsync(this Person person)
    {
        var socket = await StompSocket.ConnectAsync(person.Http.BaseAddress!, person.AccessToken);
        await socket.SubscribeAsync("/user/queue/events", "events");
        return socket;
    }

    /// <summary>The very next event is that one.</summary>
    public static async Task<JsonElement> HearAsync(this StompSocket socket, string type, long room)
    {
        var heard = (await socket.MessageAsync()).Json;
        heard.GetProperty("type").GetString().ShouldBe(type);
        heard.GetProperty("roomId").GetInt64().ShouldBe(room);
        return heard;
    }

    public static async Task<string?> RoleAsync(this Person person, Room room) => (await person.SeeAsync(room)).Role;

    /// <summary>
    /// Checks the rules that hold for every room at every time: counted members, one owner, no gaps among seqs and numbers; and that
    /// searches find what there is.
    /// </summary>
    public static async Task ShouldBeSoundAsync(this MaruServer server)
    {
        var faults = await server.Service<Database>().ListAsync<string>(
            """
            SELECT 'count of ' || r.id FROM rooms r WHERE r.member_count <> (SELECT count(*) FROM members m WHERE m.room_id = r.id)
            UNION ALL
            SELECT 'owners of ' || r.id FROM rooms r
            WHERE (SELECT count(*) FROM members m WHERE m.room_id = r.id AND m.role = 'owner')
              <> CASE WHEN r.kind = 'group' AND r.deleted_at IS NULL THEN 1 ELSE 0 END
            UNION ALL
            SELECT 'log of ' || h.room_id FROM room_heads h
            LEFT JOIN (SELECT room_id, seq FROM messages UNION ALL SELECT room_id, seq FROM changes) l ON l.room_id = h.room_id
            GROUP BY h.room_id
            HAVING h.last_seq <> count(l.seq) OR h.last_seq <> count(DISTINCT l.seq) OR h.last_seq <> coalesce(max(l.seq), 0)
            UNION ALL
            SELECT 'numbers of ' || h.room_id FROM room_heads h
            WHERE h.messages <> coalesce((SELECT max(m.number) FROM messages m WHERE m.room_id = h.room_id), 0)
            UNION ALL
            SELECT 'number of ' || n.room_id || '-' || n.seq
            FROM (SELECT room_id, seq, type, number, lag(number, 1, 0) OVER (PARTITION BY room_id ORDER BY seq) AS before FROM messages) n
            WHERE n.number <> n.before + CASE n.type WHEN 0 THEN 1 ELSE 0 END
            UNION ALL
            SELECT 'parts of room ' || a.id
            FROM (
              SELECT r.id, (SELECT count(*) FROM room_parts x WHERE x.room_id = r.id) AS have,
                (SELECT count(DISTINCT substr(r.name_key, p.n, 16)) FROM positions p WHERE p.n <= length(r.name_key)) AS want,
                CASE WHEN r.visibility = 'public' AND r.deleted_at IS NULL THEN 1 ELSE 0 END AS listed
              FROM rooms r) a
            WHERE a.have <> a.want * a.listed
            UNION ALL
            SELECT 'parts of user ' || u.id FROM users u
            WHERE (SELECT count(*) FROM user_parts x WHERE x.user_id = u.id) <> (
              SELECT count(*) * CASE WHEN u.deleted_at IS NULL THEN 1 ELSE 0 END
              FROM (
                SELECT substr(u.handle, p.n, 16) FROM positions p WHERE p.n <= length(u.handle)
                UNION SELECT substr(u.name_key, p.n, 16) FROM positions p WHERE p.n <= length(u.name_key)) z)
            """,
            null,
            TestContext.Current.CancellationToken);
        faults.ShouldBeEmpty();
    }
}
