namespace Maru.Server.Audit;

/// <summary>A number that is not what a recount gives.</summary>
/// <param name="Room">the room that it is of</param>
/// <param name="Text">what is kept and what is right, for people</param>
/// <param name="Mend">
/// SQL that makes it right, run under the room's lock; it changes nothing where the number has changed since. Null: what is right is not
/// known.
/// </param>
/// <param name="Arguments">its parameters</param>
internal sealed record Drift(long Room, string Text, string? Mend = null, object? Arguments = null);

/// <summary>What a check found in some rooms.</summary>
/// <param name="Rows">how many rows it recounted</param>
/// <param name="Drift">in the order in which it is to be mended</param>
internal sealed record Look(long Rows, IReadOnlyList<Drift> Drift);

/// <summary>Rooms with ids one after the other, both ends included.</summary>
internal sealed record RoomSpan(long First, long Last);
