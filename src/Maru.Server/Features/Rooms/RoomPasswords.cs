using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Hashes and checks rooms' passwords, on the workers that sign-ins use too. A user may set or try a number of them a minute, and one at a
/// time (<see cref="PasswordTurns"/>). Any thread.
/// </summary>
internal sealed class RoomPasswords(Passwords passwords, PasswordTurns turns, RateLimitOptions limits, SharedLimits shared)
{
    private readonly RateLimit _rate = new(
        "room-password",
        shared.Add(Limit.RoomPasswords, limits.RoomPasswordsPerUser, limits.RoomPasswordsPerUser, TimeSpan.FromMinutes(1)));

    /// <summary>Returns the hash to keep, null for no password; or the refusal.</summary>
    /// <param name="password">the password; null for none</param>
    /// <param name="user">the user who sets it</param>
    /// <param name="context">the request</param>
    /// <param name="before">the hash that the room has, which is returned if it is of that password; null: none</param>
    public async Task<(string? Hash, ProblemHttpResult? Refusal)> HashAsync(
        string? password, UserId user, HttpContext context, string? before = null)
    {
        if (password is null) return (null, null);
        if (_rate.Take(context, user.Value) is { } refusal) return (null, refusal);
        using var turn = await turns.TakeAsync(user, context.RequestAborted);
        if (!turn.IsAcquired) return (null, Problems.Busy(context));
        if (before is not null && await passwords.IsOfAsync(before, password, context.RequestAborted) == true) return (before, null);
        var hash = await passwords.HashAsync(password, isKnown: true, context.RequestAborted);
        return (hash, hash is null ? Problems.Busy(context) : null);
    }

    /// <summary>Checks a room's password; null when it is right.</summary>
    public async Task<ProblemHttpResult?> CheckAsync(RoomId room, string hash, string? password, UserId user, HttpContext context)
    {
        if (string.IsNullOrEmpty(password)) return Problem.WrongRoomPassword.Result();
        if (_rate.Take(context, user.Value) is { } refusal) return refusal;
        using var turn = await turns.TakeAsync(user, context.RequestAborted);
        if (!turn.IsAcquired) return Problems.Busy(context);
        var (check, refused) = await passwords.CheckAsync(new Guess($"room:{room}", user.Value), hash, password, context);
        return refused ?? (check == PasswordCheck.Wrong ? Problem.WrongRoomPassword.Result() : null);
    }
}
