using System.Text.RegularExpressions;
using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Accounts;

/// <summary>
/// The rules for handles, names, addresses and passwords. Each method returns the value to keep and adds faults to <paramref
/// name="errors"/>.
/// </summary>
internal sealed partial class AccountRules(FieldErrors errors, LimitOptions limits, PasswordOptions passwords)
{
    private const int MaxEmail = 254;       // bytes: RFC 5321 section 4.5.3.1.3, with its erratum
    private const int MaxUrl = 500;         // bytes

    public string Handle(string? value)
    {
        if (value is null || !HandlePattern().IsMatch(value)) errors.Add("handle", "3 to 32 of a-z, 0-9, _ . and -.");
        return value ?? "";
    }

    public string Name(string? value) => errors.Keep("name", TextPolicy.Name(value, limits.NameCharacters));

    public string Password(string field, string? value) => errors.Keep(field, TextPolicy.Password(value, passwords.MinCharacters));

    public string? Email(string? value)
    {
        var email = TextPolicy.SignInName(value);
        if (email.Length == 0) return null;
        if (!TextPolicy.IsVisible(email, MaxEmail) || !EmailPattern().IsMatch(email))
            errors.Add("email", $"An e-mail address, like ann@example.org, of at most {MaxEmail} bytes.");
        return email;
    }

    public string StatusMessage(string? value) => errors.Keep("statusMessage", TextPolicy.Line(value, limits.StatusCharacters));

    /// <summary>Allows only an address that a browser fetches without running anything: no <c>javascript:</c>, no <c>data:</c>.</summary>
    public string AvatarUrl(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return "";
        var good = TextPolicy.IsVisible(value, MaxUrl)
            && (FilePattern().IsMatch(value) || (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps));
        if (!good) errors.Add("avatarUrl", $"An https:// address or /api/files/…, at most {MaxUrl} bytes.");
        return value;
    }

    [GeneratedRegex(@"\A[a-z0-9_.-]{3,32}\z")]
    private static partial Regex HandlePattern();

    [GeneratedRegex(@"\A[^@\s<>""]+@[^@\s<>"".]+(\.[^@\s<>"".]+)*\z")]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\A/api/files/[A-Za-z0-9_-]+\z")]
    private static partial Regex FilePattern();
}
