using System.Text;
using System.Text.Unicode;

namespace Maru.Server.Platform.Http;

/// <summary>
/// Reads request headers. The web server hands their bytes over as Latin-1, one character each: otherwise it would refuse a whole request
/// with bytes that are not UTF-8, without a response of ours.
/// </summary>
internal static class HeaderText
{
    /// <summary>Returns the bytes that the client sent.</summary>
    public static byte[] Bytes(string header) => Encoding.Latin1.GetBytes(header);

    /// <summary>Returns the text that the client meant: UTF-8, or else Latin-1.</summary>
    public static string Text(string header)
    {
        var bytes = Bytes(header);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : header;
    }
}
