namespace Maru.Engine;

/// <summary>A room's number: a positive 64-bit integer, given by the store.</summary>
public readonly record struct RoomId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A user's number: a positive 64-bit integer, given by the store.</summary>
public readonly record struct UserId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
