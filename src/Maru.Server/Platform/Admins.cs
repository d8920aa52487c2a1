using Maru.Server.Storage;
using Microsoft.AspNetCore.Authorization;

namespace Maru.Server.Platform;

/// <summary>
/// The policy of endpoints that are for admins of the whole server. It reads the store at each request: what <c>maru user</c> gives or
/// takes away counts at once, on every node, whatever a token says.
/// </summary>
internal sealed class Admins(Database database) : AuthorizationHandler<Admins.Demanded>
{
    public const string Policy = "admin";

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, Demanded requirement)
    {
        if (context.User is not Caller caller) return;
        const string find = "SELECT role FROM users WHERE id = @Value AND deleted_at IS NULL";
        if (await database.FirstAsync<string>(find, caller.UserId, CancellationToken.None) == "admin") context.Succeed(requirement);
    }

    internal sealed class Demanded : IAuthorizationRequirement;
}

internal static class AdminExtensions
{
    /// <summary>Makes endpoints those of admins; others get 403.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(Admins.Policy);
}
