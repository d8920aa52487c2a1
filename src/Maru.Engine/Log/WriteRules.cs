namespace Maru.Engine.Log;

/// <summary>Who may write to a room. They do not bind its owner and admins.</summary>
/// <param name="SlowMode">seconds between two messages of one member; 0: no wait</param>
/// <param name="IsReadOnly">true: members do not write</param>
public readonly record struct WriteRules(int SlowMode, bool IsReadOnly)
{
    /// <summary>True where members write as they like, as in nearly all rooms.</summary>
    public bool IsFree => SlowMode == 0 && !IsReadOnly;
}

/// <summary>What decides whether a member may write now.</summary>
/// <param name="IsLed">the owner or an admin</param>
/// <param name="WroteAt">when they wrote last in a slow room, unix milliseconds; 0: it does not matter</param>
internal readonly record struct Writer(bool IsLed, long WroteAt);
