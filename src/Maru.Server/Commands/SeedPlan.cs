namespace Maru.Server.Commands;

/// <summary>
/// The number of users, rooms and messages to make. User number i becomes a member of room number i mod <paramref name="Rooms"/>, where
/// they send, and of the next ones until they are in as many as each is to be in; messages go round the rooms that have senders. So many of
/// them as there are to be files have one, spread evenly.
/// </summary>
internal sealed record SeedPlan(int Users, int Rooms, long Messages, int Each = 1, int Files = 0)
{
    /// <summary>Rooms that have senders.</summary>
    public int Inhabited => Math.Min(Users, Rooms);

    /// <summary>Rooms of a user.</summary>
    public int RoomsEach => Math.Min(Each, Rooms);

    /// <summary>Members of a room, by its number.</summary>
    public int Members(int room) => Enumerable.Range(0, RoomsEach).Sum(i => Senders((room - i + Rooms) % Rooms));

    /// <summary>The member who sends a room's message with that seq, counted from 0.</summary>
    public int SenderOf(int room, long seq) => (int)(seq % Senders(room));

    /// <summary>Messages of a user, by their number.</summary>
    public long SentBy(int user)
    {
        var (room, member) = (user % Rooms, user / Rooms);
        var (messages, senders) = (MessagesOf(room), Senders(room));
        return (messages / senders) + (member > 0 && messages % senders >= member ? 1 : 0);
    }

    /// <summary>The number of the message that has the file with that number.</summary>
    public long MessageWith(int file) => file * Messages / Files;

    /// <summary>The number of the file that a message has, by its number; null: it has none.</summary>
    public int? FileOf(long message)
    {
        if (Files == 0) return null;
        var next = (int)(((message * Files) + Messages - 1) / Messages);
        return next < Files && MessageWith(next) == message ? next : null;
    }

    /// <summary>Messages of a room, by its number.</summary>
    public long MessagesOf(int room) => room < Inhabited ? (Messages - room - 1 + Inhabited) / Inhabited : 0;

    private int Senders(int room) => room < Inhabited ? (Users - room - 1) / Rooms + 1 : 0;
}

/// <param name="Tokens">an access token a user, in their order</param>
/// <param name="Rooms">a room id a room, in their order</param>
internal sealed record Seeded(IReadOnlyList<string> Tokens, IReadOnlyList<long> Rooms);
