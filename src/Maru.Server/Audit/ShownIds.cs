using System.Globalization;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>Ids that a message has in its JSON, beside rows of a table that have the same.</summary>
internal static class ShownIds
{
    /// <summary>Returns how the rows differ; null: they do not.</summary>
    /// <param name="room">of the message</param>
    /// <param name="message">what the message is, and its <c>seq</c> or id</param>
    /// <param name="of">what the ids are of</param>
    /// <param name="kept">the JSON</param>
    /// <param name="shown">the ids of the JSON, in the order of the rows</param>
    /// <param name="rows">the ids of the rows, with a space between them</param>
    /// <param name="mend">
    /// Makes the rows of <c>@room</c> and <c>@id</c> anew, from <c>@rows</c> of a position and an id, where the JSON is still
    /// <c>@kept</c>: a message that was deleted since must not have its files again. Null: nothing does.
    /// </param>
    public static Drift? Compare(
        long room, (string Name, long Id) message, string of, string kept, IEnumerable<long> shown, string rows, string? mend = null)
    {
        long[] ids = [.. shown];
        var right = string.Join(' ', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        return right == rows ? null : new Drift(
            room,
            $"room {room}, {message.Name} {message.Id}: rows of {of} '{rows}', right is '{right}'",
            mend,
            new { room, id = message.Id, kept, rows = Dialect.Rows(ids.Select((id, position) => (long[])[position, id])) });
    }
}
