using System.Data;
using System.Data.Common;
using Dapper;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// Who of the words that look like mentions is a member, who of those blocks the sender, and who may mention all: one statement for all
/// messages of a batch. One thread.
/// </summary>
internal sealed class MentionFacts
{
    // CROSS JOIN: SQLite begins with the table before it.
    public const string Sql =
        """
        WITH x (room_id, handle TEXT) AS ROWS @handles, y (room_id, user_id) AS ROWS @senders, z (user_id, handle TEXT) AS ROWS @asked
        SELECT m.room_id, u.handle, m.user_id
        FROM x CROSS JOIN users u CROSS JOIN members m WHERE u.handle = x.handle AND m.room_id = x.room_id AND m.user_id = u.id
        UNION ALL
        SELECT m.room_id, '', m.user_id
        FROM y CROSS JOIN members m WHERE m.room_id = y.room_id AND m.user_id = y.user_id AND m.role IN ('owner', 'admin')
        UNION ALL
        SELECT z.user_id, '-', b.user_id
        FROM z CROSS JOIN users u CROSS JOIN blocks b WHERE u.handle = z.handle AND b.user_id = u.id AND b.other_id = z.user_id
        """;

    private readonly HashSet<(long Room, string Handle)> _handles = [];
    private readonly HashSet<(long Room, long User)> _senders = [];     // of words that mean all
    private readonly HashSet<(long Sender, string Handle)> _asked = [];
    private readonly Dictionary<(long Room, string Handle), UserId> _members = [];
    private readonly HashSet<(long Room, long User)> _leaders = [];
    private readonly HashSet<(long Member, long Sender)> _blocks = [];

    public bool IsAsked => _handles.Count + _senders.Count > 0;

    public string Handles => Dialect.Rows(_handles);

    /// <summary>Who mentions which handle: whoever has it may block them.</summary>
    public string Asked => Dialect.Rows(_asked);

    public string Senders => Dialect.Rows(_senders.Select(x => (long[])[x.Room, x.User]));

    public void Clear()
    {
        _handles.Clear();
        _senders.Clear();
        _members.Clear();
        _leaders.Clear();
        _asked.Clear();
        _blocks.Clear();
    }

    public void Ask(RoomId room, UserId sender, IReadOnlyList<MentionWord> words)
    {
        foreach (var handle in words.SelectMany(word => word.Candidates()))
        {
            if (handle == Mentions.AllHandle) _senders.Add((room.Value, sender.Value));
            else
            {
                _handles.Add((room.Value, handle));
                _asked.Add((sender.Value, handle));
            }
        }
    }

    /// <summary>Reads what was asked, in the connection's open transaction.</summary>
    public void Read(DbConnection connection)
    {
        if (!IsAsked) return;
        using var row = connection.ExecuteReader(
            Dialect.Write(connection, Sql), new { handles = Handles, senders = Senders, asked = Asked });
        while (row.Read()) Add(row);
    }

    public void Add(IDataRecord row)
    {
        var (room, handle, user) = (row.GetInt64(0), row.GetString(1), row.GetInt64(2));
        if (handle.Length == 0) _leaders.Add((room, user));
        else if (handle == "-") _blocks.Add((Member: user, Sender: room));
        else _members[(room, handle)] = new UserId(user);
    }

    public UserId? FindMember(RoomId room, string handle) => _members.TryGetValue((room.Value, handle), out var user) ? user : null;

    public bool Blocks(UserId member, UserId sender) => _blocks.Contains((member.Value, sender.Value));

    public bool MayMentionAll(RoomId room, UserId user) => _leaders.Contains((room.Value, user.Value));
}
