using System.Text.RegularExpressions;
using Maru.Server.Platform;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Limits;

namespace Maru.Server.Features.Accounts;

/// <summary>What handles, names, addresses and passwords may be. Each method answers the value to keep and adds what is wrong with it to <paramref name="errors"/>.</summary>
internal sealed partial class AccountRules(FieldErrors errors, LimitOptions limits, PasswordOptions passwords)
{
    private const int MaxPassword = 256;    // characters: beyond it nobody types, and each costs hashing
    private const int MaxEmail = 254;       // RFC 5321 section 4.5.3.1.3, with its erratum
    private const int MaxUrl = 500;

    public string Handle(string? value)
    {
        if (value is null || !HandlePattern().IsMatch(value)) errors.Add("handle", "3 to 32 of a-z, 0-9, _ . and -.");
        return value ?? "";
    }

    public string Name(string? value)
    {
        var name = PlainText.Tidy(value);
        if (name.Length == 0 || name.Length > limits.NameCharacters || !PlainText.IsClean(name))
            errors.Add("name", $"1 to {limits.NameCharacters} characters, no control characters.");
        return name;
    }

    public string Password(string field, string? value)
    {
        if (value is null || value.Length < passwords.MinCharacters || value.Length > MaxPassword)
            errors.Add(field, $"{passwords.MinCharacters} to {MaxPassword} characters.");
        return value ?? "";
    }

    /// <summary>In lower case: no provider of today tells Ann@ from ann@, and two accounts for one mailbox would be a trap.</summary>
    public string? Email(string? value)
    {
        var email = value?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(email)) return null;
        if (email.Length > MaxEmail || !EmailPattern().IsMatch(email) || !PlainText.IsClean(email)) errors.Add("email", "An e-mail address, like ann@example.org.");
        return email;
    }

    public string StatusMessage(string? value)
    {
        var status = PlainText.Tidy(value);
        if (status.Length > limits.StatusCharacters || !PlainText.IsClean(status))
            errors.Add("statusMessage", $"At most {limits.StatusCharacters} characters, no control characters.");
        return status;
    }

    /// <summary>Only what a browser fetches without running anything: no <c>javascript:</c>, no <c>data:</c>.</summary>
    public string AvatarUrl(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return "";
        var good = value.Length <= MaxUrl && PlainText.IsClean(value)
            && (FilePattern().IsMatch(value) || (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps));
        if (!good) errors.Add("avatarUrl", $"An https:// address or /api/files/…, at most {MaxUrl} characters.");
        return value;
    }

    [GeneratedRegex(@"\A[a-z0-9_.-]{3,32}\z")]
    private static partial Regex HandlePattern();

    [GeneratedRegex(@"\A[^@\s<>""]+@[^@\s<>"".]+(\.[^@\s<>"".]+)*\z")]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\A/api/files/[A-Za-z0-9_-]+\z")]
    private static partial Regex FilePattern();
}
