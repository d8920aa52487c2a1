using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Accounts;

/// <param name="Handle">3–32 of <c>a-z0-9_.-</c>; it never changes</param>
/// <param name="Name">the name that others see: 1 to 80 visible characters of scripts that go together, at most 640 bytes</param>
/// <param name="Password">8 to 256 characters and at most 2048 bytes; the same in every spelling</param>
/// <param name="Email">an address to sign in with, at most 254 bytes; nobody else sees it</param>
/// <param name="Device">the name of this session in the list of sessions; else the User-Agent</param>
/// <param name="Cookie">true, from the server's own pages: the refresh token comes as a cookie, and not in the response</param>
[Example("""{"handle":"ann","name":"Ann","password":"correct horse"}""")]
public sealed record SignupRequest(
    [property: Required] string? Handle,
    [property: Required] string? Name,
    [property: Required] string? Password,
    string? Email = null,
    string? Device = null,
    bool? Cookie = null);

/// <param name="Handle">the handle or the e-mail address; case and width do not matter</param>
/// <param name="Device">the name of this session in the list of sessions; else the User-Agent</param>
/// <param name="DeviceToken">
/// the one that this device got when it last signed in to this account: wrong passwords of others do not keep it from signing in
/// </param>
/// <param name="Cookie">true, from the server's own pages: the refresh token comes as a cookie, and not in the response</param>
[Example("""{"handle":"ann","password":"correct horse"}""")]
public sealed record LoginRequest(
    [property: Required] string? Handle,
    [property: Required] string? Password,
    string? Device = null,
    string? DeviceToken = null,
    bool? Cookie = null);

/// <param name="RefreshToken">absent: that of the cookie, whose successor comes as a cookie too</param>
[Example("""{"refreshToken":"EhsVbQVfaaETfpznlJv4NmGF1F3if4cMeGVxGNAOGwc"}""")]
public sealed record RefreshRequest(string? RefreshToken = null);

/// <summary>The fields to change: an absent one stays; an empty statusMessage or avatarUrl removes it.</summary>
/// <param name="Name">1 to 80 visible characters of scripts that go together, at most 640 bytes; kept in one spelling</param>
/// <param name="StatusMessage">at most 200 characters and 1600 bytes</param>
/// <param name="AvatarUrl">https://… or /api/files/…, at most 500 bytes</param>
/// <param name="ShowPresence">false: nobody sees whether you are there, and you see it of nobody</param>
/// <param name="WhoMayAdd">
/// who may put you into group rooms: <c>everyone</c>, as at first; <c>contacts</c>: others invite you, and you accept or decline;
/// <c>nobody</c>
/// </param>
/// <param name="WhoMayWrite">
/// who may open a direct room with you: <c>everyone</c>, as at first, your <c>contacts</c>, or <c>nobody</c>
/// </param>
/// <param name="FindByEmail">true: who asks for a contact finds you by your e-mail address</param>
/// <param name="ReadReceipts">false: nobody is told what you have read</param>
/// <param name="LastSeen">false: nobody is told when you were there last</param>
/// <param name="DoNotDisturb">true, false, or the time until which</param>
[Example("""{"name":"Ann","statusMessage":"at sea"}""")]
public sealed record ProfileChange(
    string? Name = null,
    string? StatusMessage = null,
    string? AvatarUrl = null,
    bool? ShowPresence = null,
    [property: Allowed] string? WhoMayAdd = null,
    [property: Allowed] string? WhoMayWrite = null,
    bool? FindByEmail = null,
    bool? ReadReceipts = null,
    bool? LastSeen = null,
    JsonElement? DoNotDisturb = null);

/// <param name="NewPassword">8 to 256 characters and at most 2048 bytes</param>
[Example("""{"oldPassword":"correct horse","newPassword":"battery staple"}""")]
public sealed record PasswordChange([property: Required] string? OldPassword, [property: Required] string? NewPassword);

/// <param name="Password">needed where the account has one</param>
[Example("""{"password":"correct horse"}""")]
public sealed record AccountDeletion(string? Password = null);

/// <summary>A user, as others see them.</summary>
[Example("""{"id":1,"handle":"ann","name":"Ann"}""")]
public sealed record User(long Id, string Handle, string Name, string? AvatarUrl = null)
{
    /// <summary>True of a guest who signed in just now; else absent.</summary>
    public bool? Guest { get; init; }
}

/// <summary>A user, as they see themselves.</summary>
/// <param name="ShowPresence">whether others see that the user is there, and the user sees it of them</param>
/// <param name="WhoMayAdd">who may put the user into group rooms: <c>everyone</c>, <c>contacts</c> or <c>nobody</c></param>
/// <param name="WhoMayWrite">who may open a direct room with the user</param>
/// <param name="FindByEmail">whether who asks for a contact finds the user by their e-mail address</param>
/// <param name="ReadReceipts">whether others are told what the user has read</param>
/// <param name="LastSeen">whether others are told when the user was there last</param>
/// <param name="DoNotDisturb">whether the user wants to be left alone: true, false, or the time until which</param>
/// <param name="Role">of the whole server: the operator makes admins</param>
/// <param name="Guest">true for a guest; else absent</param>
[Example(
    """
    {
      "id": 1, "handle": "ann", "name": "Ann", "statusMessage": "at sea", "showPresence": true, "whoMayAdd": "everyone",
      "whoMayWrite": "everyone", "findByEmail": false, "readReceipts": true, "lastSeen": true, "doNotDisturb": false, "role": "user"
    }
    """)]
public sealed record Profile(
    long Id,
    string Handle,
    string Name,
    string? StatusMessage = null,
    string? AvatarUrl = null,
    bool ShowPresence = true,
    [property: Allowed] string WhoMayAdd = Allowed.Everyone,
    [property: Allowed] string WhoMayWrite = Allowed.Everyone,
    bool FindByEmail = false,
    bool ReadReceipts = true,
    bool LastSeen = true,
    Quiet DoNotDisturb = default,
    [property: Values("SiteRole", "user", "admin")] string Role = "user",
    bool? Guest = null);

/// <param name="User">the user who signed in</param>
/// <param name="AccessToken">for the Authorization header, and for CONNECT</param>
/// <param name="RefreshToken">valid for one exchange: the response to a refresh has the next one; absent: it is in the cookie</param>
/// <param name="ExpiresIn">seconds for which the access token is valid</param>
/// <param name="DeviceToken">
/// only after a sign-up or a sign-in: keep it, also when you sign out, and send it with the next sign-in of this account
/// </param>
[Example(
    """
    {
      "user": { "id": 1, "handle": "ann", "name": "Ann" }, "accessToken": "eyJ…",
      "refreshToken": "EhsVbQVfaaETfpznlJv4NmGF1F3if4cMeGVxGNAOGwc", "expiresIn": 900,
      "deviceToken": "3ZtQ0vVbF0m8mCkYfC0b1zYqXr2nH5uJw9dE7sKpLxA"
    }
    """)]
public sealed record SignedIn(
    User User, string AccessToken, string? RefreshToken = null, [property: JsonRequired] long ExpiresIn = 0, string? DeviceToken = null);

/// <param name="Items">ordered by handle; a search that finds many may return fewer than asked for, even none, and a <c>next</c></param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record UserPage(IReadOnlyList<User> Items, string? Next = null);

internal sealed class AllowedAttribute() : ValuesAttribute("Allowed", Allowed.Everyone, Allowed.Contacts, Allowed.Nobody);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignupRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(ProfileChange))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(AccountDeletion))]
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(SignedIn))]
[JsonSerializable(typeof(UserPage))]
internal sealed partial class AccountJson : JsonSerializerContext
{
    /// <summary>The same JSON outside of HTTP responses.</summary>
    public static readonly AccountJson Events = Json.ForEvents(options => new AccountJson(options));
}
