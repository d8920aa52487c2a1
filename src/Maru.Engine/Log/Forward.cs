namespace Maru.Engine.Log;

/// <summary>Reads the message that a user wants to forward; null: there is none that they may see. Any thread.</summary>
public delegate Task<Forwarded?> ForwardReader(UserId user, Forward forward);

/// <summary>The message that a user wants to forward.</summary>
public readonly record struct Forward(RoomId Room, long Seq);

/// <summary>A message as it is when somebody forwards it.</summary>
/// <param name="Text">UTF-8</param>
/// <param name="Files">the ids of its files</param>
/// <param name="Origin">where it was said first, if it is a forward itself</param>
public sealed record Forwarded(byte[] Text, IReadOnlyList<long> Files, Origin Origin);

/// <summary>Where a forwarded text was said first.</summary>
/// <param name="Sender">who said it</param>
/// <param name="Profile">the same as <c>user</c> JSON</param>
/// <param name="At">when, unix milliseconds</param>
/// <param name="Room">where</param>
/// <param name="Seq">of the message there</param>
/// <param name="IsPublic">everybody may know of the room</param>
public sealed record Origin(UserId Sender, byte[] Profile, long At, RoomId Room, long Seq, bool IsPublic)
{
    /// <summary>
    /// Returns the <c>forwardedFrom</c> of a message in a room. Its readers are not told of other rooms that are private: they may not be
    /// in them.
    /// </summary>
    public byte[] ToJson(RoomId reader) => MessageJson.Origin(Profile, At, IsPublic || Room == reader ? Room : null, Seq);
}
