using System.Text;
using System.Text.Unicode;

namespace Maru.Server.Platform.Http;

/// <summary>
/// What stands in request headers. The web server hands bytes over as Latin-1, one character each: otherwise it would refuse the whole
/// request, without an answer of ours, where they are no UTF-8.
/// </summary>
internal static class HeaderText
{
    /// <summary>The bytes that the client sent.</summary>
    public static byte[] Bytes(string header) => Encoding.Latin1.GetBytes(header);

    /// <summary>The text that the client meant: UTF-8, or else Latin-1.</summary>
    public static string Text(string header)
    {
        var bytes = Bytes(header);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : header;
    }
}
