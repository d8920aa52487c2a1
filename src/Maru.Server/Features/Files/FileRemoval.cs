using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.Files.Stores;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Files;

/// <summary>
/// Takes a deleted file out of all messages that have it, which tells their readers, and then its content and its row out of the stores.
/// Each step bears to be done twice: what is left undone is done by the sweep. Any thread.
/// </summary>
internal sealed class FileRemoval(ChatEngine engine, FileRecords records, IFileStore store, FileMetrics metrics)
{
    private const int AtOnce = 200;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task RunAsync(GoneFile file, CancellationToken ct)
    {
        while (true)
        {
            var places = await records.PlacesAsync(file.Id, AtOnce, ct);
            foreach (var place in places) await TakeOutAsync(file, place);
            if (places.Count < AtOnce) break;
        }

        await store.DeleteAsync([.. FileKeys.All(file.Id)], ct);
        await records.RemoveAsync([file.Id], ct);
        metrics.Removed.Add(1);
    }

    private Task TakeOutAsync(GoneFile file, FilePlace place)
    {
        var (room, actor) = (new RoomId(place.RoomId), new UserId(file.UploaderId));
        return RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            var key = new { room = place.RoomId, place.Seq, file = file.Id };
            var gone = transaction.Execute("DELETE FROM message_files WHERE room_id = @room AND seq = @Seq AND file_id = @file", key);
            var files = transaction.First<string>(
                "SELECT m.files FROM messages m WHERE m.room_id = @room AND m.seq = @Seq AND m.deleted_at IS NULL", key);
            if (gone == 0 || files is null) return null;
            transaction.Execute(
                "UPDATE messages SET files = @files, edited_at = @At WHERE room_id = @room AND seq = @Seq",
                new { room = place.RoomId, place.Seq, files = Without(files, file.Id), transaction.At });
            transaction.AppendChange(EntryKind.MessageEdited, actor, place.Seq);
            return null;
        });
    }

    /// <summary>Returns the array without the file; null: none is left.</summary>
    private static string? Without(string files, long id)
    {
        var array = JsonNode.Parse(files)!.AsArray();
        array.RemoveAll(file => (long)file!["id"]! == id);
        return array.Count == 0 ? null : array.ToJsonString(Plain);
    }
}
