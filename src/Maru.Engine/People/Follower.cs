using Maru.Engine.Log;

namespace Maru.Engine.People;

/// <summary>
/// What a user who is here has not read in a room that they are a member of, in 64 bytes: a connection has one for each room. Used by <see
/// cref="FollowedRoom"/> alone.
/// </summary>
internal struct Follower
{
    public UserId User;
    public long Joined;         // a member behind this seq
    public RoomHead AsOf;       // the room's head of the counts
    public long ToldSeq;
    public long News;           // mentions that entries up to here made are told, or known from the snapshot
    public int Unread;          // messages, less own ones since
    public int Mentions;        // unread, with those since
    public int Told;
    public int ToldMentions;

    /// <summary>False: the store is asked, and until it answers nothing is told.</summary>
    public readonly bool IsKnown => AsOf.Seq < long.MaxValue;

    public void Forget() => AsOf = new RoomHead(long.MaxValue, 0);

    /// <summary>Returns what they have not read now.</summary>
    /// <param name="head">up to which marks have come; the store may have known more of this follower</param>
    public readonly UnreadCount Count(RoomHead head)
    {
        if (AsOf.Seq >= head.Seq) head = AsOf;
        return new UnreadCount((int)(head.Messages - AsOf.Messages) + Unread, Mentions, head.Seq);
    }

    public readonly bool WantsToKnow(MentionNews news) =>
        news.Entry > News && news.Seq > Joined && news.Sender != User && !Knows(news)
        && (news.Users.Contains(User) || (news.Users.Contains(Log.Mentions.All) && !news.Quiet.Contains(User)));

    private readonly bool Knows(MentionNews news)
    {
        foreach (var (user, entry) in news.Known)
        {
            if (user == User) return entry <= News;
        }

        return false;
    }
}

/// <summary>What a user is told of a room.</summary>
/// <param name="Seq">the head of its log then</param>
internal readonly record struct UnreadCount(int Messages, int Mentions, long Seq);
