using System.Text.RegularExpressions;

namespace Maru.Server.Platform.Text;

/// <summary>
/// The rule for the address of a picture of a person or a room: only one that a browser fetches without running anything, so no
/// <c>javascript:</c> and no <c>data:</c>.
/// </summary>
internal static partial class PictureAddress
{
    /// <summary>The beginning of the address of a file of this server.</summary>
    public const string Files = "/api/files/";

    private const int MaxBytes = 500;

    /// <summary>Describes a good one.</summary>
    public static string Rule { get; } = $"An https:// address without a user or quotes, or /api/files/…, at most {MaxBytes} bytes.";

    public static bool IsGood(string value) =>
        TextPolicy.IsVisible(value, MaxBytes)
        && (FilePattern().IsMatch(value) || (AddressPattern().IsMatch(value) && Uri.TryCreate(value, UriKind.Absolute, out _)));

    // A host first, without "user@"; nothing that could end an attribute, a style or an address on somebody's page.
    [GeneratedRegex(@"\Ahttps://[^/?#@\\\s""'<>`(){}|^]+([/?#][^\\\s""'<>`{}|^]*)?\z")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"\A" + Files + @"[1-9][0-9]{0,17}\z")]
    private static partial Regex FilePattern();
}
