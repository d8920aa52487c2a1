namespace Maru.Load.Attacks;

/// <summary>The attackers' accounts and rooms, which no member shares, and a room of the members.</summary>
/// <param name="Tokens">access tokens; number i is a member of room i mod rooms</param>
/// <param name="Rooms">their rooms</param>
/// <param name="MembersRoom">a room that is not theirs</param>
internal sealed record AttackCast(IReadOnlyList<string> Tokens, IReadOnlyList<long> Rooms, long MembersRoom)
{
    /// <summary>Returns the token and the room of an account.</summary>
    public (string Token, long Room) Account(int number) => (Tokens[number % Tokens.Count], Rooms[number % Tokens.Count % Rooms.Count]);
}
