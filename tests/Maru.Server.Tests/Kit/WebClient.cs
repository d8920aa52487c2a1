using System.IO.Compression;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A web client as a build leaves it, but tiny, for a server to send: <c>MaruServer.StartAsync(client.Setting)</c>. It is gone at the end.
/// </summary>
internal sealed class WebClient : IDisposable
{
    public const string Index = """<!doctype html><base href="/"><script type="module" src="assets/app-0a1b2c.js"></script>""";

    /// <summary>Long enough to be worth compressing.</summary>
    public static readonly string Script = string.Concat(Enumerable.Repeat("console.log('hello')\n", 200));

    private readonly Folder _folder = new();

    public WebClient()
    {
        Write("index.html", Index);
        Write("app.css", "body { color: black }");
        Write("sw.js", Script, [".br", ".gz"]);
        Write("manifest.webmanifest", "{}");
        Write("data.json", "{}");
        Write("icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        Write("code.wasm", "\0asm");
        Write("favicon.ico", "x");
        Write("alone.gz", "x");
        Write(".vite/manifest.json", "{}");
        Write("LICENCE", "MIT");
        Write("assets/app-0a1b2c.js", Script, [".br", ".gz"]);
        Write("assets/app-0a1b2c.css", Script, [".gz"]);
        Write("assets/text-0a1b2c.woff2", "x");
    }

    /// <summary>The setting of a server that sends it.</summary>
    public string Setting => $"--webroot={_folder.Path}";

    /// <param name="name">below the client's folder</param>
    /// <param name="text">of the file</param>
    /// <param name="forms">endings of the compressed forms that lie beside it</param>
    public void Write(string name, string text, params string[] forms)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        foreach (var ending in forms)
        {
            using var file = File.Create(path + ending);
            using Stream coding = ending == ".br"
                ? new BrotliStream(file, CompressionLevel.Optimal)
                : new GZipStream(file, CompressionLevel.Optimal);
            using var writer = new StreamWriter(coding);
            writer.Write(text);
        }
    }

    public void Dispose() => _folder.Dispose();
}
