using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Platform.Pages;

/// <summary>
/// The files of the web client, as they are when the server starts: looking for one that is not there costs no look at the disk, and no
/// address leads out of the folder. What begins with a dot, or is of a kind that browsers do not know, is none of them. Any thread.
/// </summary>
internal sealed class WebFiles
{
    /// <summary>The folder of files whose names have a hash of their content.</summary>
    public const string Hashed = "/assets";

    public const string Index = "/index.html";

    /// <summary>The codings that a build writes beside a file, by the ending of its name.</summary>
    private static readonly (string Ending, string Coding)[] Codings = [(".br", "br"), (".gz", "gzip")];

    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly FrozenDictionary<string, WebFile> _files;

    /// <param name="folder">not there, or empty: the client was not built</param>
    public WebFiles(string folder)
    {
        var files = new Dictionary<string, WebFile>(StringComparer.Ordinal);
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            var address = "/" + Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (address.Contains("/.", StringComparison.Ordinal) || MediaType(address) is not { } type) continue;
            files.Add(address, Read(path, address, type));
        }

        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public WebFile? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>Returns the Content-Type; null: the file is not sent, or only in place of another.</summary>
    private static string? MediaType(string address)
    {
        if (Codings.Any(coding => address.EndsWith(coding.Ending, StringComparison.Ordinal))) return null;
        if (!Types.TryGetContentType(address, out var type)) return null;
        return type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type;
    }

    private static WebFile Read(string path, string address, string type)
    {
        var isHashed = address.StartsWith(Hashed + "/", StringComparison.Ordinal);
        var forms = new List<WebForm> { Form(path, WebForm.Plain) };
        foreach (var (ending, coding) in Codings)
        {
            if (File.Exists(path + ending)) forms.Add(Form(path + ending, coding));
        }

        return new WebFile(type, isHashed, forms);

        // By the content: times and lengths of two builds may be the same. A name that has a hash already tells as much.
        WebForm Form(string file, string coding)
        {
            var content = isHashed ? Encoding.UTF8.GetBytes(address + coding) : File.ReadAllBytes(file);
            return new(file, coding, new FileInfo(file).Length, TagOf(content));
        }
    }

    public static EntityTagHeaderValue TagOf(byte[] content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content), 0, 16)}\"");
}
