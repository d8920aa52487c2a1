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

    public string Handle(string? value)
    {
        if (value is null || !HandlePattern().IsMatch(value)) errors.Add("handle", "3 to 32 of a-z, 0-9, _ . and -.");
        else if (!value.Any(char.IsAsciiLetterOrDigit)) errors.Add("handle", "With a letter or a digit at least.");
        else if (ReservedHandles.Contains(value)) errors.Add("handle", "This handle is reserved. Choose another one.");
        return value ?? "";
    }

    public string Name(string? value) => errors.Keep("name", TextPolicy.Name(value, limits.NameCharacters));

    /// <summary>Checks a new password: long enough, none that is guessed first, and none of the account's own names.</summary>
    /// <param name="field">of the request</param>
    /// <param name="value">as it was typed</param>
    /// <param name="names">the account's handle, name and e-mail address, as far as they are known</param>
    public string Password(string field, string? value, params ReadOnlySpan<string?> names)
    {
        var verdict = TextPolicy.Password(value, passwords.MinCharacters);
        if (verdict.Error is null && CommonPasswords.Contains(verdict.Text))
            errors.Add(field, "None of those that are guessed first.");
        else if (verdict.Error is null && IsName(verdict.Text, names))
            errors.Add(field, "Not the handle, the name or the e-mail address.");
        return errors.Keep(field, verdict);
    }

    public string? Email(string? value)
    {
        var email = TextPolicy.SignInName(value);
        if (email.Length == 0) return null;
        if (!TextPolicy.IsVisible(email, MaxEmail) || !EmailPattern().IsMatch(email))
            errors.Add("email", $"An e-mail address, like ann@example.org, of at most {MaxEmail} bytes.");
        return email;
    }

    public string StatusMessage(string? value) => errors.Keep("statusMessage", TextPolicy.Line(value, limits.StatusCharacters));

    /// <summary>Checks whom a person lets do something to them; null: no change.</summary>
    public string? Allowed(string field, string? value)
    {
        if (value is not null && !Accounts.Allowed.IsOne(value)) errors.Add(field, "everyone, contacts or nobody.");
        return value;
    }

    public string AvatarUrl(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return "";
        if (!PictureAddress.IsGood(value)) errors.Add("avatarUrl", PictureAddress.Rule);
        return value;
    }

    private static bool IsName(string password, ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            if (name is null) continue;
            if (TextPolicy.NameKey(password) == TextPolicy.NameKey(name)) return true;
            if (name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && IsName(password, [name[..at]])) return true;
        }

        return false;
    }

    [GeneratedRegex(@"\A[a-z0-9_.-]{3,32}\z")]
    private static partial Regex HandlePattern();

    [GeneratedRegex(@"\A[^@\s<>""]+@[^@\s<>"".]+(\.[^@\s<>"".]+)*\z")]
    private static partial Regex EmailPattern();
}
