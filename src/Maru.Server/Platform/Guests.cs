namespace Maru.Server.Platform;

/// <summary>The policy of endpoints that guests may not use: they get 403 <c>guest</c>.</summary>
internal static class Guests
{
    public const string Policy = "no-guests";

    public static TBuilder RefuseGuests<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(Policy);
}
