using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Sessions;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Text;
using Maru.Server.Platform.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Accounts;

/// <summary>The endpoints that give tokens and end them.</summary>
internal static class SignInEndpoints
{
    private const int MaxDevice = 120;

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth").WithTags("Sign-in");
        group.MapPost("/signup", SignUpAsync).LimitBy(Limit.SignIns)
            .WithName("signUp").WithSummary("Make an account and sign in")
            .Refuses(Problem.SignupClosed, Problem.HandleTaken);
        group.MapPost("/login", LogInAsync).LimitBy(Limit.SignIns)
            .WithName("logIn").WithSummary("Sign in with a handle or an e-mail address")
            .Refuses(Problem.WrongCredentials);
        group.MapPost("/refresh", RefreshAsync)
            .WithName("refreshTokens").WithSummary("Exchange the refresh token for new tokens")
            .WithDescription("A repeat within the grace returns the same refresh token; a use after it ends the session.")
            .Refuses(Problem.SessionEnded);
        group.MapPost("/logout", LogOutAsync).RequireAuthorization()
            .WithName("logOut").WithSummary("Sign out: this session's tokens are dead at once, its sockets close");
    }

    private static async Task<Results<Created<SignedIn>, ProblemHttpResult>> SignUpAsync(
        SignupRequest request, HttpContext context, SignupOptions options, LimitOptions limits, PasswordOptions lengths,
        Passwords passwords, AccountStore store, TokenMint mint, CancellationToken ct)
    {
        if (!options.Open) return Problem.SignupClosed.Result();
        var errors = new FieldErrors();
        var rules = new AccountRules(errors, limits, lengths);
        var handle = rules.Handle(request.Handle);
        var name = rules.Name(request.Name);
        var password = rules.Password("password", request.Password);
        var email = rules.Email(request.Email);
        if (errors.Any) return errors.Result();

        if (await passwords.HashAsync(password, ct) is not { } hash) return Problems.Busy(context);
        var made = await store.CreateAsync(new NewAccount(handle, name, email, hash), Origin(request.Device, context), ct);
        return made is var (account, session)
            ? TypedResults.Created(context.Link("/api/me"), mint.Write(account, session))
            : Problem.HandleTaken.Result();
    }

    private static async Task<Results<Ok<SignedIn>, ProblemHttpResult>> LogInAsync(
        LoginRequest request, HttpContext context, Passwords passwords, AccountStore store, SessionStore sessions, TokenMint mint,
        CancellationToken ct)
    {
        if (request is not { Handle: { } handle, Password: { } password })
            return Missing(("handle", request.Handle), ("password", request.Password));
        var name = TextPolicy.SignInName(handle);
        var origin = Origin(request.Device, context);
        while (true)
        {
            var account = await store.FindAsync(name, ct);
            var isKnown = await sessions.IsKnownAsync(account?.UserId ?? default, origin.Address, ct);
            var guess = new Guess(name, RateLimits.KeyOf(origin.Address), ByStranger: !isKnown);
            var (check, refusal) = await passwords.CheckAsync(guess, account?.PasswordHash, password, context);
            if (refusal is not null) return refusal;
            if (account is null || check == PasswordCheck.Wrong) return Problem.WrongCredentials.Result();

            var betterHash = check == PasswordCheck.RightButWeak ? await passwords.HashAsync(password, ct) : null;
            var session = await store.SignInAsync(account, origin, betterHash, ct);
            if (session is not null) return TypedResults.Ok(mint.Write(account, session));
            // The account changed while the password was checked: check again, against its present hash.
        }
    }

    private static async Task<Results<Ok<SignedIn>, ProblemHttpResult>> RefreshAsync(
        RefreshRequest request, HttpContext context, SessionStore sessions, AccountStore store, TokenMint mint, CancellationToken ct)
    {
        if (request.RefreshToken is not { } token) return Missing(("refreshToken", request.RefreshToken));
        var session = await sessions.RefreshAsync(new RefreshToken(token), context.Connection.RemoteIpAddress, ct);
        var account = session is null ? null : await store.FindAsync(new UserId(session.UserId), ct);
        return session is null || account is null ? Problem.SessionEnded.Result() : TypedResults.Ok(mint.Write(account, session));
    }

    private static async Task<NoContent> LogOutAsync(Caller caller, SessionStore sessions, CancellationToken ct)
    {
        await sessions.EndAsync(caller.UserId, caller.SessionId, ct);
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

    private static SessionOrigin Origin(string? device, HttpContext context) => new(
        TextPolicy.Label(device ?? HeaderText.Text(context.Request.Headers.UserAgent.ToString()), MaxDevice) ?? "unknown",
        context.Connection.RemoteIpAddress);
}

/// <summary>Makes the response of every way to sign in.</summary>
internal sealed class TokenMint(AccessTokens tokens, JwtOptions options)
{
    public SignedIn Write(Account account, OpenSession session) => new(
        account.ToUser(),
        tokens.Write(account.UserId, session.Id, account.Role, options.AccessTokenLifetime),
        session.Token.Text,
        (long)options.AccessTokenLifetime.TotalSeconds);
}
