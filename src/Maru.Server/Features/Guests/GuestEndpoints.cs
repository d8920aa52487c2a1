using System.Security.Cryptography;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Guests;

/// <summary>The endpoint by which guests come in.</summary>
internal static class GuestEndpoints
{
    private const int EndingLength = 10;
    private const string Ending = "abcdefghijkmnpqrstuvwxyz23456789";

    public static void MapGuests(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/auth/guest", EnterAsync).WithTags("Sign-in").LimitBy(Limit.SignIns).Audits(SecurityKind.SignUp)
            .WithName("enterAsGuest").WithSummary("Come in as a guest, with a name alone")
            .Refuses(Problem.SignupClosed, Problem.CrossOrigin);

    private static async Task<Results<Created<SignedIn>, ProblemHttpResult>> EnterAsync(
        GuestRequest request, HttpContext context, GuestOptions options, LimitOptions limits, PasswordOptions lengths,
        SignInLimits signIns, AccountStore store, TokenMint mint, RefreshCookie cookie, CancellationToken ct)
    {
        if (!options.Enabled) return Problem.SignupClosed.Result("This server takes no guests.");
        if (request.Cookie is true && RefreshCookie.Refusal(context) is { } foreign) return foreign;
        var errors = new FieldErrors();
        var name = new AccountRules(errors, limits, lengths).Name(request.Name);
        if (errors.Any) return errors.Result();

        var origin = SignInEndpoints.Origin(request.Device, context);
        if (signIns.OfSignUps.Take(context, RateLimits.KeyOf(origin.Address), onlyRefusal: true) is { } tooMany) return tooMany;
        while (true)
        {
            var handle = $"guest-{RandomNumberGenerator.GetString(Ending, EndingLength)}";
            var made = await store.CreateAsync(new NewAccount(handle, name, null, null) { IsGuest = true }, origin, ct);
            if (made is not var (account, session)) continue;   // one of 10^15 handles, and it is taken
            SecurityNote.Of(context).Subject = account.Id;
            SecurityNote.Of(context).Detail = "guest";
            var signedIn = mint.Write(account, session);
            if (request.Cookie is true) signedIn = cookie.Take(context, session, signedIn);
            return TypedResults.Created(context.Link("/api/me"), signedIn);
        }
    }
}
