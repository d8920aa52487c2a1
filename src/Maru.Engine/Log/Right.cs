namespace Maru.Engine.Log;

/// <summary>A user's right to a room, switched off at once when their membership ends. Any thread reads.</summary>
public abstract class Right(RoomId room, UserId user)
{
    private volatile bool _active = true;

    public RoomId RoomId { get; } = room;

    public UserId User { get; } = user;

    /// <summary>False once it ended, for good: a user who comes back gets another one.</summary>
    public bool IsActive => _active;

    internal void End() => _active = false;
}
