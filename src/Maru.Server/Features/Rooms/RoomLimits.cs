using Maru.Engine;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Limits how many rooms a user makes and how many users they bring into rooms: users are put into private rooms unasked, so a crowd is
/// one that takes its time. Any thread.
/// </summary>
internal sealed class RoomLimits(SharedLimits shared, RateLimitOptions options)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly RateLimit _rooms = new("room", shared.Add(Limit.NewRooms, options.RoomsPerHour, options.RoomsPerHour, Hour));
    private readonly RateLimit _invitations = new(
        "invitation", shared.Add(Limit.Invitations, options.InvitationsPerHour, options.InvitationsPerHour, Hour));

    /// <summary>Counts a new room and its first members; returns the refusal, or null.</summary>
    public ProblemHttpResult? TakeRoom(HttpContext context, UserId user, int members) =>
        _rooms.Take(context, user.Value) ?? TakeInvitations(context, user, members);

    /// <summary>Counts users whom somebody brings in; returns the refusal, or null.</summary>
    public ProblemHttpResult? TakeInvitations(HttpContext context, UserId user, int users) =>
        _invitations.Take(context, user.Value, units: users);
}
