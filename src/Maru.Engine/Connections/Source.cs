namespace Maru.Engine.Connections;

/// <summary>Where a connection comes from: an address, or the user whose token came with the first request.</summary>
/// <param name="Key">of the address, or the user's id; 0: unknown</param>
/// <param name="IsUser">true when it is a user</param>
/// <param name="HasAsked">true when the connection has brought a request: who never did stands in a line of their own</param>
internal readonly record struct Source(long Key, bool IsUser = false, bool HasAsked = false)
{
    public static Source Of(UserId user) => new(user.Value, IsUser: true);
}
