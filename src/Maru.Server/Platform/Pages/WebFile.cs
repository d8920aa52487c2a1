using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform.Pages;

/// <summary>A file of the web client, with its compressed forms.</summary>
/// <param name="MediaType">its Content-Type, whatever the form</param>
/// <param name="IsHashed">whether another content has another name</param>
/// <param name="Forms">the plain one first</param>
internal sealed record WebFile(string MediaType, bool IsHashed, IReadOnlyList<WebForm> Forms)
{
    /// <summary>
    /// Returns the form that the client likes best (RFC 9110, 12.5.3), of equals the smallest. The plain one is taken by all who do not say
    /// otherwise, and sent to those who take none.
    /// </summary>
    /// <param name="acceptEncoding">the client's word</param>
    public WebForm Choose(IList<string>? acceptEncoding)
    {
        if (Forms.Count == 1 || !StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var accepted)) return Forms[0];
        return Forms.Where(form => Quality(form.Coding, accepted) > 0)
            .MaxBy(form => (Quality(form.Coding, accepted), -form.Length)) ?? Forms[0];
    }

    private static double Quality(string coding, IList<StringWithQualityHeaderValue> accepted)
    {
        var any = default(double?);
        foreach (var item in accepted)
        {
            if (item.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) return item.Quality ?? 1;
            if (item.Value == "*") any = item.Quality ?? 1;
        }

        if (coding != WebForm.Plain) return any ?? 0;
        return any is 0 ? 0 : double.Epsilon;     // taken, behind all that is asked for
    }
}

/// <summary>What is sent of a file.</summary>
/// <param name="Path">on the disk</param>
/// <param name="Coding">its content coding; <see cref="Plain"/>: none</param>
/// <param name="Length">its bytes</param>
/// <param name="Tag">its own</param>
internal sealed record WebForm(string Path, string Coding, long Length, EntityTagHeaderValue Tag)
{
    public const string Plain = "identity";
}
