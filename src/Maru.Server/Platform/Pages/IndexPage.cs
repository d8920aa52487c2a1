using System.Text;
using System.Text.Encodings.Web;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Platform.Pages;

/// <summary>
/// The one page of the web client, in memory, with the path below which the server is reached as the base of its addresses. Any thread.
/// </summary>
internal sealed class IndexPage
{
    private const string Root = "<base href=\"/\">";

    private readonly string _text;
    private readonly string _base;
    private readonly byte[] _content;

    /// <param name="files">those of the client; where it was not built, the page says so</param>
    /// <param name="options">whose base path nearly all requests have</param>
    public IndexPage(WebFiles files, HttpOptions options)
    {
        var path = files.Find(WebFiles.Index)?.Forms[0].Path;
        _text = path is null ? ReadNotBuilt() : File.ReadAllText(path);
        _base = options.BasePath;
        _content = Make(_base);
    }

    public FileContentHttpResult Result(PathString pathBase)
    {
        var content = pathBase.Value == _base ? _content : Make(pathBase.Value ?? "");
        return TypedResults.Bytes(
            content, "text/html; charset=utf-8", enableRangeProcessing: true, entityTag: WebFiles.TagOf(content));
    }

    private byte[] Make(string pathBase) => Encoding.UTF8.GetBytes(
        _text.Replace(Root, $"<base href=\"{HtmlEncoder.Default.Encode(pathBase)}/\">", StringComparison.Ordinal));

    private static string ReadNotBuilt()
    {
        using var stream = typeof(IndexPage).Assembly.GetManifestResourceStream("NotBuilt.html")
            ?? throw new InvalidOperationException("NotBuilt.html is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
