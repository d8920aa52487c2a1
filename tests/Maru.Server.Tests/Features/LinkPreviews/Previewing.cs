using Maru.Server.Features.Files.Stores;
using Maru.Server.Features.LinkPreviews;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Files;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.LinkPreviews;

/// <summary>Previews, as a test says them.</summary>
internal static class Previewing
{
    /// <summary>Gives a message a preview with a picture; returns the picture's id.</summary>
    public static async Task<long> ShowPictureAsync(this MaruServer server, Room room, long seq)
    {
        var ct = TestContext.Current.CancellationToken;
        var id = await server.Service<PreviewStore>().AddPictureAsync(1, 1, ct);
        var path = Path.Combine(server.Folder, $"picture-{id}");
        await File.WriteAllBytesAsync(path, Uploads.Pixel, ct);
        await server.Service<IFileStore>().PutAsync(PreviewPictures.KeyOf(id), path, "image/webp", ct);
        var previews =
            $$$"""
            [{"url":"https://example.com/","title":"Example","image":{"url":"/api/files/previews/pictures/{{{id}}}","width":1,"height":1}}]
            """;
        await server.Service<Database>().WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                """
                INSERT INTO message_previews (room_id, seq, picture_id) VALUES (@room, @seq, @id);
                UPDATE messages SET previews = @previews WHERE room_id = @room AND seq = @seq
                """,
                new { room = room.Id, seq, id, previews },
                token),
            ct);
        return id;
    }
}
