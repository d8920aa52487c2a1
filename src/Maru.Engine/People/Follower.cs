namespace Maru.Engine.People;

/// <summary>What a user who is here has not read in a room that they are a member of. Used by <see cref="FollowedRoom"/> alone.</summary>
internal struct Follower
{
    public UserId User;
    public long Joined;         // a member behind this seq
    public long Base;           // messages that are not unread: the others are
    public long AsOf;           // own messages and mentions up to here are in Base and Mentions
    public int Mentions;        // unread
    public int ToldMentions;
    public long Told;
    public long ToldSeq;
    public long News;           // mentions that entries up to here made are told, or known from the snapshot

    public readonly bool WantsToKnow(MentionNews news) =>
        news.Entry > News && news.Seq > Joined && news.Sender != User
        && (news.Users.Contains(User) || news.Users.Contains(Log.Mentions.All));
}

/// <summary>What a user is told of a room.</summary>
/// <param name="Seq">the head of its log then</param>
internal readonly record struct UnreadCount(long Messages, int Mentions, long Seq);
