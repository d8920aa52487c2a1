using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Accounts;

/// <summary>The endpoints that give tokens and end them.</summary>
internal static class SignInEndpoints
{
    private const int MaxDevice = 120;

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth").WithTags("Sign-in");
        group.MapPost("/signup", SignUpAsync).LimitBy(Limit.SignIns).Audits(SecurityKind.SignUp)
            .WithName("signUp").WithSummary("Make an account and sign in")
            .Refuses(Problem.SignupClosed, Problem.CrossOrigin, Problem.HandleTaken);
        group.MapPost("/login", LogInAsync).Audits(SecurityKind.SignIn)
            .WithName("logIn").WithSummary("Sign in with a handle or an e-mail address")
            .Refuses(Problem.WrongCredentials, Problem.CrossOrigin);
        group.MapPost("/refresh", RefreshAsync).Audits(SecurityKind.Refresh)
            .WithName("refreshTokens").WithSummary("Exchange the refresh token for new tokens")
            .WithDescription(
                "A repeat within the grace returns the same refresh token; a use after it ends the session. Without a refreshToken, from "
                + "the server's own pages: that of the cookie `maru-refresh`, and the next one comes as a cookie too.")
            .Refuses(Problem.SessionEnded, Problem.CrossOrigin);
        group.MapPost("/logout", LogOutAsync).RequireAuthorization().Audits(SecurityKind.SignOut)
            .WithName("logOut").WithSummary("Sign out: this session's tokens are dead at once, its sockets close")
            .WithDescription("With a token of another issuer: all tokens of the user that it has issued until now. It clears the cookie.");
    }

    private static async Task<Results<Created<SignedIn>, ProblemHttpResult>> SignUpAsync(
        SignupRequest request, HttpContext context, SignupOptions options, LimitOptions limits, PasswordOptions lengths,
        Passwords passwords, SignInLimits signIns, AccountStore store, TokenMint mint, RefreshCookie cookie, CancellationToken ct)
    {
        if (!options.Open) return Problem.SignupClosed.Result();
        if (request.Cookie is true && RefreshCookie.Refusal(context) is { } foreign) return foreign;
        var errors = new FieldErrors();
        var rules = new AccountRules(errors, limits, lengths);
        var handle = rules.Handle(request.Handle);
        var name = rules.Name(request.Name);
        var email = rules.Email(request.Email);
        var password = rules.Password("password", request.Password, handle, request.Name, email);
        if (errors.Any) return errors.Result();

        var origin = Origin(request.Device, context);
        if (signIns.OfSignUps.Take(context, RateLimits.KeyOf(origin.Address), onlyRefusal: true) is { } tooMany) return tooMany;
        if (await passwords.HashAsync(password, isKnown: false, ct) is not { } hash) return Problems.Busy(context);
        var made = await store.CreateAsync(new NewAccount(handle, name, email, hash), origin, ct);
        if (made is not var (account, session)) return Problem.HandleTaken.Result();
        SecurityNote.Of(context).Subject = account.Id;
        var signedIn = mint.WriteWithDevice(account, session);
        if (request.Cookie is true) signedIn = cookie.Take(context, session, signedIn);
        return TypedResults.Created(context.Link("/api/me"), signedIn);
    }

    private static async Task<Results<Ok<SignedIn>, ProblemHttpResult>> LogInAsync(
        LoginRequest request, HttpContext context, Passwords passwords, PasswordTurns turns, AccountStore store, SignInGuesses guesses,
        TokenMint mint, RefreshCookie cookie, CancellationToken ct)
    {
        if (request.Cookie is true && RefreshCookie.Refusal(context) is { } foreign) return foreign;
        if (request is not { Handle: { } handle, Password: { } password })
            return Missing(("handle", request.Handle), ("password", request.Password));
        var name = TextPolicy.SignInName(handle);
        var origin = Origin(request.Device, context);
        while (true)
        {
            var account = await store.FindAsync(name, ct);
            var guess = await guesses.OfAsync(name, account, request.DeviceToken, origin.Address, ct);
            SecurityNote.Of(context).Subject = account?.Id;
            SecurityNote.Of(context).Detail = guess.Guesser.ToString();
            var (check, refusal) = await CheckAsync(guess, account, password, context, passwords, turns);
            if (refusal is not null) return refusal;
            if (account is null || check == PasswordCheck.Wrong) return Problem.WrongCredentials.Result();

            var betterHash = check == PasswordCheck.RightButWeak ? await passwords.HashAsync(password, isKnown: true, ct) : null;
            var session = await store.SignInAsync(account, origin, betterHash, ct);
            // The account changed while the password was checked: check again, against its present hash.
            if (session is null) continue;
            var changed = account with { PasswordHash = betterHash ?? account.PasswordHash };
            var signedIn = mint.WriteWithDevice(changed, session, request.DeviceToken);
            return TypedResults.Ok(request.Cookie is true ? cookie.Take(context, session, signedIn) : signedIn);
        }
    }

    /// <summary>Checks the password. Those whom the account knows take turns, so that no account keeps others waiting.</summary>
    private static async Task<(PasswordCheck Check, ProblemHttpResult? Refusal)> CheckAsync(
        Guess guess, Account? account, string password, HttpContext context, Passwords passwords, PasswordTurns turns)
    {
        if (account is null || guess.Guesser == Guesser.Stranger)
            return await passwords.CheckAsync(guess, account?.PasswordHash, password, context);
        using var turn = await turns.TakeAsync(account.UserId, context.RequestAborted);
        return turn.IsAcquired
            ? await passwords.CheckAsync(guess, account.PasswordHash, password, context)
            : (default, Problems.Busy(context));
    }

    private static async Task<Results<Ok<SignedIn>, ProblemHttpResult>> RefreshAsync(
        [FromBody] RefreshRequest? request, HttpContext context, SessionStore sessions, AccountStore store, TokenMint mint,
        RefreshCookie cookie, CancellationToken ct)
    {
        var inCookie = request?.RefreshToken is null;
        var token = request?.RefreshToken ?? RefreshCookie.Read(context);
        if (inCookie && RefreshCookie.Refusal(context) is { } foreign) return token is null ? Missing(("refreshToken", null)) : foreign;
        var (session, robbed) = token is null
            ? default       // an own page without a cookie: its session is over, or there was none
            : await sessions.RefreshAsync(new RefreshToken(token), context.Connection.RemoteIpAddress, ct);
        SecurityNote.Of(context).Subject = session?.UserId ?? robbed;
        if (robbed is not null) SecurityNote.Of(context).Outcome = SecurityOutcome.Reused;
        var account = session is null ? null : await store.FindAsync(new UserId(session.UserId), ct);
        if (session is null || account is null)
        {
            if (inCookie) RefreshCookie.Clear(context);
            return Problem.SessionEnded.Result();
        }

        var signedIn = mint.Write(account, session);
        return TypedResults.Ok(inCookie ? cookie.Take(context, session, signedIn) : signedIn);
    }

    /// <summary>Tokens of another issuer belong to no session: all that the user has until now are over.</summary>
    private static async Task<NoContent> LogOutAsync(
        Caller caller, HttpContext context, SessionEnds ends, ForeignEnds foreign, TimeProvider time, CancellationToken ct)
    {
        var last = Math.Max(time.GetUtcNow().ToUnixTimeSeconds(), caller.IssuedAt);
        if (caller.IsForeign) await foreign.EndAsync(caller.UserId, last, SessionEnd.SignedOut, ct);
        else await ends.EndAsync(caller.UserId, [caller.SessionId], SessionEnd.SignedOut);
        RefreshCookie.Clear(context);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult Missing(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        var errors = new FieldErrors();
        foreach (var (name, value) in fields)
        {
            if (value is null) errors.Add(name, "It must be there.");
        }

        return errors.Result();
    }

    /// <summary>Returns where a sign-in comes from.</summary>
    public static SessionOrigin Origin(string? device, HttpContext context) => new(
        TextPolicy.Label(device ?? HeaderText.Text(context.Request.Headers.UserAgent.ToString()), MaxDevice) ?? "unknown",
        context.Connection.RemoteIpAddress);
}

