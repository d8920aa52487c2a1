using System.Threading.RateLimiting;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Passwords of rooms, computed by the few workers that sign-ins need too. A user has an allowance of them, and one at a time (<see cref="PasswordTurns"/>). Any thread.
/// </summary>
internal sealed class RoomPasswords : IDisposable
{
    private readonly Passwords _passwords;
    private readonly PartitionedRateLimiter<UserId> _allowances;
    private readonly PartitionedRateLimiter<UserId> _turns;

    public RoomPasswords(Passwords passwords, PasswordTurns turns, RateLimitOptions limits, SharedLimits shared)
    {
        _passwords = passwords;
        var allowances = shared.Add(Limit.RoomPasswords, limits.RoomPasswordsPerUser, limits.Enabled ? limits.RoomPasswordsPerUser : 0, TimeSpan.FromMinutes(1));
        _allowances = PartitionedRateLimiter.Create<UserId, RateLimits.Key>(user => RateLimits.Partition(allowances, user.Value));
        _turns = PartitionedRateLimiter.CreateChained(_allowances, turns.Limiter);
    }

    /// <summary>The hash to keep, null for no password; or why there is none.</summary>
    public async Task<(string? Hash, ProblemHttpResult? Refusal)> HashAsync(string? password, UserId user, HttpContext context)
    {
        if (password is null) return (null, null);
        using var turn = await _turns.AcquireAsync(user, 1, context.RequestAborted);
        if (!turn.IsAcquired) return (null, Problems.Busy(context, RateLimits.Wait(turn)));
        var hash = await _passwords.HashAsync(password, context.RequestAborted);
        return (hash, hash is null ? Problems.Busy(context) : null);
    }

    /// <summary>Null when it is the room's.</summary>
    public async Task<ProblemHttpResult?> CheckAsync(RoomId room, string hash, string? password, UserId user, HttpContext context)
    {
        if (string.IsNullOrEmpty(password)) return Problem.WrongRoomPassword.Result();
        using var turn = await _turns.AcquireAsync(user, 1, context.RequestAborted);
        if (!turn.IsAcquired) return Problems.Busy(context, RateLimits.Wait(turn));
        var check = await _passwords.CheckAsync($"room:{room}:{user}", hash, password, context.RequestAborted);
        return check == PasswordCheck.Wrong ? Problem.WrongRoomPassword.Result() : check.Refusal(context);
    }

    public void Dispose()
    {
        _turns.Dispose();
        _allowances.Dispose();
    }
}
