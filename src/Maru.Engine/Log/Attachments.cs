using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>A file as messages show it.</summary>
/// <param name="Kind">a number of the store</param>
/// <param name="Json">as <c>file</c> JSON</param>
public sealed record AttachedFile(long Id, long Kind, byte[] Json);

/// <summary>
/// The files of a message that is on its way. Its sender says which; what they are, and whether they are there, is read in the commit.
/// </summary>
/// <param name="ids">in their order</param>
/// <param name="areForwarded">
/// true: they are those of a message that the sender sees, whoever uploaded them, and one that has gone meanwhile is left out
/// </param>
public sealed class Attachments(IReadOnlyList<long> ids, bool areForwarded)
{
    /// <summary>The most that one message has.</summary>
    public const int Most = 10;

    private static readonly Refusal NotThere = new(
        Problem.Invalid, "files must be the ids of files that you have uploaded, and that are still there.", "files");

    public IReadOnlyList<long> Ids => ids;

    public bool AreForwarded => areForwarded;

    /// <summary>Set in the commit.</summary>
    public IReadOnlyList<AttachedFile> Files { get; private set; } = [];

    /// <summary>The same as a JSON array; null: there are none.</summary>
    public byte[]? Json { get; private set; }

    /// <summary>Returns why the message cannot have them; null: it can.</summary>
    internal Refusal? Resolve(Func<long, AttachedFile?> find)
    {
        List<AttachedFile> files = [];
        foreach (var id in ids)
        {
            if (find(id) is { } file) files.Add(file);
            else if (!areForwarded) return NotThere;
        }

        (Files, Json) = (files, files.Count == 0 ? null : ToArray(files));
        return null;
    }

    private static byte[] ToArray(List<AttachedFile> files)
    {
        List<byte> json = [(byte)'['];
        foreach (var file in files)
        {
            if (json.Count > 1) json.Add((byte)',');
            json.AddRange(file.Json);
        }

        json.Add((byte)']');
        return [.. json];
    }
}
