using System.Security.Cryptography;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Identities;

/// <summary>Makes handles of what another issuer says of its users.</summary>
internal static class IdentityHandles
{
    private const int Least = 3;
    private const int Most = 24;        // of the 32 that a handle may have: the rest makes it unique
    private const int Tries = 12;
    private const string Ending = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>Returns handles to try, the plainest first: the others have an ending of their own.</summary>
    /// <param name="claimed">the name that the issuer has for the user, or null</param>
    /// <param name="subject">the user's number, or what else the issuer has</param>
    public static IEnumerable<string> Of(string? claimed, string subject)
    {
        var stem = Stem(claimed) ?? Stem(subject) ?? "user";
        if (stem != "user") yield return stem;
        for (var i = 0; i < Tries; i++) yield return $"{stem}-{RandomNumberGenerator.GetString(Ending, i < 4 ? 4 : 7)}";
    }

    /// <summary>
    /// Returns what a handle may have of a text; null: too little. Of an e-mail address only the name: others see handles.
    /// </summary>
    private static string? Stem(string? text)
    {
        Span<char> stem = stackalloc char[Most];
        var length = 0;
        foreach (var c in TextPolicy.NameKey(text?.Split('@')[0]))
        {
            var kept = char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.' ? c : '-';
            if (kept == '-' && (length == 0 || stem[length - 1] == '-')) continue;
            if (length == Most) break;
            stem[length++] = kept;
        }

        var handle = stem[..length].Trim("-_.").ToString();
        return handle.Length >= Least && handle.Any(char.IsAsciiLetterOrDigit) && !ReservedHandles.Contains(handle) ? handle : null;
    }
}
