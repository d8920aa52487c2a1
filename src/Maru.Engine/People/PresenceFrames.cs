using Maru.Engine.Bus;

namespace Maru.Engine.People;

/// <summary>
/// The frames in which nodes tell each other who is there. A node is a random number, its frames of changes are numbered from 1.
/// <code>
/// alive   = 1 node(8) number                              number: of its last changes
/// changes = 2 node(8) number count { user state seen }    seen: unix ms, 0 where it is not told
/// all     = 3 node(8) number part parts count { user state }
/// ask     = 4 node(8)                                     for all people of that node; 0: of every node
/// active  = 5 count { user }                              did something on a node to which they are not connected
/// met     = 6 count { user }                              came into a room
/// </code>
/// A newer node's frames may begin with another byte, and go on behind what is read here.
/// </summary>
internal static class PresenceFrames
{
    public const byte Alive = 1;
    public const byte Changes = 2;
    public const byte All = 3;
    public const byte Ask = 4;
    public const byte Active = 5;
    public const byte Met = 6;

    private const int HeadBytes = 64;
    private const int BytesPerPerson = 24;

    /// <summary>People whom one frame can hold.</summary>
    public static int MostIn(int frameBytes) => Math.Max(1, (frameBytes - HeadBytes) / BytesPerPerson);

    public static byte[] WriteAlive(long node, long number)
    {
        var frame = Begin(Alive, node);
        frame.Number(number);
        return frame.Written.ToArray();
    }

    public static byte[] WriteAsk(long node) => Begin(Ask, node).Written.ToArray();

    public static byte[] WriteChanges(long node, long number, ReadOnlySpan<PersonPresence> changes)
    {
        var frame = Begin(Changes, node);
        frame.Number(number);
        frame.Number(changes.Length);
        foreach (var change in changes)
        {
            frame.Number(change.User.Value);
            frame.Byte((byte)change.State);
            frame.Number(change.LastSeen);
        }

        return frame.Written.ToArray();
    }

    public static byte[] WriteAll(long node, long number, int part, int parts, ReadOnlySpan<PersonPresence> people)
    {
        var frame = Begin(All, node);
        frame.Number(number);
        frame.Number(part);
        frame.Number(parts);
        frame.Number(people.Length);
        foreach (var person in people)
        {
            frame.Number(person.User.Value);
            frame.Byte((byte)person.State);
        }

        return frame.Written.ToArray();
    }

    /// <summary>Writes <see cref="Active"/> or <see cref="Met"/>.</summary>
    public static byte[] WriteUsers(byte kind, ReadOnlySpan<UserId> users)
    {
        var frame = FrameWriter.Begin(kind);
        frame.Number(users.Length);
        foreach (var user in users) frame.Number(user.Value);
        return frame.Written.ToArray();
    }

    public static List<UserId> ReadUsers(ref FrameReader reader)
    {
        var count = reader.Count();
        List<UserId> users = new(count);
        for (var i = 0; i < count; i++) users.Add(new UserId(reader.Number()));
        return users;
    }

    public static List<PersonPresence> ReadPeople(ref FrameReader reader, bool withLastSeen)
    {
        var count = reader.Count();
        List<PersonPresence> people = new(count);
        for (var i = 0; i < count; i++)
        {
            var (user, state) = (new UserId(reader.Number()), reader.Byte());
            if (state > (byte)PresenceState.Online) throw new FormatException($"a person whose state is {state}");
            people.Add(new PersonPresence(user, (PresenceState)state, withLastSeen ? reader.Number() : 0));
        }

        return people;
    }

    private static FrameWriter Begin(byte kind, long node)
    {
        var frame = FrameWriter.Begin(kind);
        frame.Fixed(node);
        return frame;
    }
}
