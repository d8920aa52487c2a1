using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;
using Maru.Server.RoomLog;

namespace Maru.Server.Commands;

/// <summary>The files of the messages that a store is filled with: notes that say what the message says.</summary>
/// <param name="above">the folder in which they are made before they come to the store</param>
internal sealed class SeedFiles(IFileStore store, string above)
{
    public static readonly string[] Columns = ["id", "uploader_id", "name", "kind", "media_type", "size", "created_at", "ready_at"];

    private const string MediaType = "text/plain";
    private const int Lines = 20;
    private const int AtOnce = 8;       // each waits for the disk

    /// <summary>Brings contents to the store.</summary>
    /// <param name="texts">what the messages say, by the id of their file</param>
    public async Task StoreAsync(IEnumerable<(long Id, string Text)> texts, CancellationToken ct)
    {
        using var scratch = ScratchFolder.Open(above);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(texts, options, async (file, token) =>
        {
            var path = Path.Combine(scratch.FullName, file.Id.ToString(CultureInfo.InvariantCulture));
            await using (var content = OwnFile.Open(path, FileMode.CreateNew)) await content.WriteAsync(Content(file.Text), token);
            await store.PutAsync(FileKeys.Of(file.Id, FileKeys.Original), path, MediaType, token);
            File.Delete(path);
        });
    }

    /// <summary>Returns the row of a file, of <see cref="Columns"/>.</summary>
    public static object[] Row(long id, long uploader, long seq, string text, long at) =>
        [id, uploader, NameOf(seq), (long)FileKind.Document, MediaType, (long)Content(text).Length, at, at];

    /// <summary>Returns the <c>files</c> of its message.</summary>
    public static string Json(long id, long seq, string text)
    {
        var json = JsonScratch.BeginObject();
        FileRows.WriteMain(json.Writer, id, FileKind.Document, NameOf(seq), MediaType, Content(text).Length);
        return $"[{Encoding.UTF8.GetString(json.EndObject())}]";
    }

    private static string NameOf(long seq) => string.Create(CultureInfo.InvariantCulture, $"notes {seq}.txt");

    private static byte[] Content(string text) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{text}\n", Lines)));
}
