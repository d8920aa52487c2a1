using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Security;
using Maru.Server.Platform.Text;
using Maru.Server.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Maru.Server.Features.Accounts;

/// <summary>The endpoints of the caller's own account and of the directory of users.</summary>
internal static class ProfileEndpoints
{
    private static readonly TimeSpan NewToken = TimeSpan.FromMinutes(5);

    public static void MapProfiles(this IEndpointRouteBuilder routes)
    {
        var me = routes.MapGroup("/api/me").WithTags("Profile").RequireAuthorization();
        me.MapGet("", GetAsync).WithName("getProfile").WithSummary("Your profile");
        me.MapPatch("", ChangeAsync)
            .WithName("changeProfile").WithSummary("Change your profile: absent fields stay, empty ones are removed");
        me.MapDelete("", DeleteAsync).Audits(SecurityKind.AccountDeletion).WithName("deleteAccount")
            .WithSummary("Delete your account; your messages stay, as those of a deleted user")
            .Refuses(Problem.Forbidden);
        me.MapPost("/password", ChangePasswordAsync).Audits(SecurityKind.PasswordChange).WithName("changePassword")
            .WithSummary("Change your password and end all other sessions");
        routes.MapGet("/api/users", ListAsync).WithTags("Directory").RequireAuthorization().RefuseGuests()
            .WithName("listUsers").WithSummary("Users whose handle or name contains q, by handle")
            .Refuses(Problem.Guest);
    }

    private static async Task<Results<Ok<Profile>, ProblemHttpResult>> GetAsync(
        Caller caller, AccountStore store, TimeProvider time, CancellationToken ct) =>
        await store.FindAsync(caller.UserId, ct) is { } account
            ? TypedResults.Ok(account.ToProfile(time.GetUtcNow())) : Problem.SessionEnded.Result();

    private static async Task<Results<Ok<Profile>, ProblemHttpResult>> ChangeAsync(
        ProfileChange request, Caller caller, HttpContext context, LimitOptions limits, ProfileLimits rates, PasswordOptions lengths,
        AccountStore store, OwnPictures pictures, AccountEvents events, ChatEngine engine, TimeProvider time, CancellationToken ct)
    {
        var errors = new FieldErrors();
        var rules = new AccountRules(errors, limits, lengths);
        var name = request.Name is null ? null : rules.Name(request.Name);
        var statusMessage = request.StatusMessage is null ? null : rules.StatusMessage(request.StatusMessage);
        var avatarUrl = request.AvatarUrl is null ? null : rules.AvatarUrl(request.AvatarUrl);
        await pictures.CheckAsync(errors, avatarUrl, caller.UserId, ct);
        var consent = new ConsentChange(
            rules.Allowed("whoMayAdd", request.WhoMayAdd), rules.Allowed("whoMayWrite", request.WhoMayWrite), request.FindByEmail);
        var quiet = request.DoNotDisturb is { } value ? Quiet.Read(value) : null;
        if (request.DoNotDisturb is not null && quiet is null) errors.Add("doNotDisturb", "true, false, or a time.");
        if (errors.Any) return errors.Result();
        var isLookedUp = request.ShowPresence is not null || request.LastSeen is not null;
        if (isLookedUp && rates.TakePresence(context, caller.UserId) is { } refusal) return refusal;

        var edit = new ProfileEdit(
            name, statusMessage, avatarUrl, request.ShowPresence, request.ReadReceipts, request.LastSeen, quiet?.Until,
            consent);
        var (account, isPresenceChanged) = await store.ChangeAsync(caller.UserId, edit, ct);
        if (account is null) return Problem.SessionEnded.Result();
        if (name is not null || avatarUrl is not null) events.ChangeProfile(caller.UserId);
        if (isPresenceChanged) events.ChangePresence(caller.UserId, shows: request.ShowPresence is true);
        if (request.LastSeen is { } lastSeen) events.ChangeLastSeen(caller.UserId, lastSeen);
        var profile = account.ToProfile(time.GetUtcNow());
        var json = EventJson.ProfileChanged(JsonSerializer.SerializeToUtf8Bytes(profile, AccountJson.Events.Profile));
        engine.UserEvents.Publish(caller.UserId, new UserEvent(json, "profile"));
        return TypedResults.Ok(profile);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [FromBody] AccountDeletion? request, Caller caller, HttpContext context, Passwords passwords, PasswordTurns turns,
        AccountStore store, AccountEvents events, TimeProvider time, CancellationToken ct)
    {
        using var turn = await turns.TakeAsync(caller.UserId, ct);
        if (!turn.IsAcquired) return Problems.Busy(context);
        Account? account;
        do
        {
            account = await store.FindAsync(caller.UserId, ct);
            if (account is null) return Problem.SessionEnded.Result();
            var refusal = account.PasswordHash is null
                ? RefuseOld(caller, time)
                : await RefuseAsync(account, caller, "password", request?.Password, context, passwords);
            if (refusal is not null) return refusal;
        }
        while (!await store.DeleteAsync(account, ct));
        events.ChangeProfile(caller.UserId);
        events.DeleteAccount(caller.UserId);
        RefreshCookie.Clear(context);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        PasswordChange request, Caller caller, HttpContext context, LimitOptions limits, PasswordOptions lengths, Passwords passwords,
        PasswordTurns turns, AccountStore store, CancellationToken ct)
    {
        var errors = new FieldErrors();
        var rules = new AccountRules(errors, limits, lengths);
        var password = rules.Password("newPassword", request.NewPassword);
        if (errors.Any) return errors.Result();
        using var turn = await turns.TakeAsync(caller.UserId, ct);
        if (!turn.IsAcquired) return Problems.Busy(context);
        Account? account;
        string? hash = null;
        do
        {
            account = await store.FindAsync(caller.UserId, ct);
            if (account is null) return Problem.SessionEnded.Result();
            rules.Password("newPassword", request.NewPassword, account.Handle, account.Name);
            if (errors.Any) return errors.Result();
            if (await RefuseAsync(account, caller, "oldPassword", request.OldPassword, context, passwords) is { } refusal) return refusal;
            hash ??= await passwords.HashAsync(password, isKnown: true, ct);
            if (hash is null) return Problems.Busy(context);
        }
        while (!await store.ChangePasswordAsync(account, caller.SessionId, hash, ct));
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<UserPage>, ProblemHttpResult>> ListAsync(
        PageRequest page, UserDirectory directory, string? q, CancellationToken ct) =>
        page.Errors.Any
            ? page.Errors.Result()
            : TypedResults.Ok(await directory.PageAsync(new NameSearch(TextPolicy.NameKey(q)), page, ct));

    /// <summary>
    /// Demands a new token of those who have no password, but come with tokens of another issuer: a browser that was left open has none.
    /// </summary>
    private static ProblemHttpResult? RefuseOld(Caller caller, TimeProvider time) =>
        caller.IsForeign && time.GetUtcNow().ToUnixTimeSeconds() - caller.IssuedAt > NewToken.TotalSeconds
            ? Problem.Forbidden.Result("Come with a token that was issued within the last five minutes.")
            : null;

    /// <summary>
    /// Checks the password again before a change that cannot be undone: a borrowed, open browser is not enough. Returns null where it is
    /// right; the store then writes only if the account is still the one that was checked, or the check starts again.
    /// </summary>
    private static async Task<ProblemHttpResult?> RefuseAsync(
        Account account, Caller caller, string field, string? password, HttpContext context, Passwords passwords)
    {
        var guess = new Guess(account.PasswordKey, caller.SessionId, Guesser.Session);
        var (check, refusal) = await passwords.CheckAsync(guess, account.PasswordHash, password ?? "", context);
        if (refusal is not null || check != PasswordCheck.Wrong) return refusal;
        SecurityNote.Of(context).Detail = "wrong password";
        var errors = new FieldErrors();
        errors.Add(field, "The password is wrong.");
        return errors.Result();
    }
}
