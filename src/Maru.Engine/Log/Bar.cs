using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>
/// Whether the two people of a direct room may write there: neither may while one blocks the other. It is part of the room's head, so the
/// commit knows it without asking for it.
/// </summary>
/// <param name="By">the id of the user who blocks the other one; 0: nobody does; <see cref="Both"/></param>
/// <param name="Changes">how often it has changed: of two states the one with more is the later one</param>
public readonly record struct Bar(long By, long Changes)
{
    /// <summary>Each blocks the other.</summary>
    public const long Both = -1;

    public bool IsUp => By != 0;

    /// <summary>
    /// Returns why the user may not write; null: they may. Who is blocked is told what everybody is told to whom somebody does not let
    /// write.
    /// </summary>
    public Problem? For(UserId user) =>
        By == 0 ? null : By == Both || By == user.Value ? Problem.BlockedByYou : Problem.MayNotWrite;
}
