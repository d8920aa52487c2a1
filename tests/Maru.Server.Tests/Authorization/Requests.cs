using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Authorization;

/// <summary>What the requests carry: everything is in order but, perhaps, who asks. The ids are those of others.</summary>
internal static class Requests
{
    private static readonly Dictionary<string, Func<Scene, object>> Bodies = new()
    {
        ["POST /api/auth/signup"] = scene => new { handle = $"new{scene.Actor.Id}", name = "New", password = Person.Password },
        ["POST /api/auth/guest"] = _ => new { name = "Gil" },
        ["POST /api/auth/login"] = scene => new { handle = scene.Other.Handle, password = Person.Password },
        ["POST /api/auth/refresh"] = scene => new { refreshToken = scene.Other.RefreshToken },
        ["PUT /api/admin/nodes/{nodeId:guid}/log-level"] = _ => new { category = "Maru.Server.Bus", level = "debug", minutes = 0 },
        ["PUT /api/admin/users/{userId}/role"] = _ => new { role = "user" },
        ["POST /api/contacts"] = scene => new { userId = scene.Other.Id },
        ["PATCH /api/contacts/{userId}"] = _ => new { nickname = "Benny" },
        ["POST /api/files"] = _ => Uploads.Form(Uploads.Pdf(), "report.pdf"),
        ["POST /api/files/presigned"] = _ => new { name = "report.pdf", size = 1000 },
        ["PATCH /api/me"] = scene => new { name = "New", id = scene.Other.Id, role = "admin" },
        ["DELETE /api/me"] = _ => new { password = Person.Password },
        ["PUT /api/me/drafts/{roomId}"] = _ => new { text = "begun" },
        ["PATCH /api/me/scheduled/{scheduledId}"] = _ => new { version = 1, text = "changed" },
        ["POST /api/me/password"] = _ => new { oldPassword = Person.Password, newPassword = "battery staple horse" },
        ["PUT /api/me/read"] = _ => new { },
        ["POST /api/rooms"] = scene => new { name = "own", visibility = "private", members = new[] { scene.Other.Id } },
        ["POST /api/rooms/direct"] = scene => new { userId = scene.Other.Id },
        ["PATCH /api/me/rooms/{roomId}"] = _ => new { favourite = true },
        ["PATCH /api/rooms/{roomId}"] = _ => new { name = "renamed" },
        ["POST /api/rooms/{roomId}/members"] = scene => new { userIds = new[] { scene.Outsider.Id } },
        ["PATCH /api/rooms/{roomId}/members/{userId}"] = _ => new { role = "admin" },
        ["POST /api/rooms/{roomId}/messages"] = scene => new { text = "hello", sender = scene.Other.Id },
        ["PATCH /api/rooms/{roomId}/messages/{seq}"] = _ => new { text = "changed" },
        ["POST /api/rooms/{roomId}/polls"] = _ => new { question = "When?", options = new[] { "noon", "dusk" } },
        ["PUT /api/rooms/{roomId}/polls/{seq}/vote"] = _ => new { options = new[] { 1 } },
        ["POST /api/rooms/{roomId}/scheduled"] = _ => new { text = "later", at = DateTimeOffset.UtcNow.AddHours(1) },
        ["POST /api/rooms/{roomId}/typing"] = _ => new { typing = true },
        ["PATCH /api/uploads/{id}"] = _ => TusClient.Body(Uploads.Pdf()),
        ["PUT /api/rooms/{roomId}/read"] = scene => new { seq = scene.Seq },
        ["SEND /app/presence"] = _ => new { state = "away" },
        ["SEND /app/rooms/{roomId}/messages"] = scene => new { text = "hello", sender = scene.Other.Id },
        ["SEND /app/rooms/{roomId}/read"] = scene => new { seq = scene.Seq },
        ["SEND /app/rooms/{roomId}/typing"] = _ => new { typing = true },
        ["SEND /topic/rooms/{roomId}/signals/{name}"] = _ => new { x = 1 },
    };

    /// <summary>Of uploads in parts; all others have no use for them.</summary>
    public static readonly (string Name, string Value)[] TusHeaders =
        [("Tus-Resumable", "1.0.0"), ("Upload-Length", "1000"), ("Upload-Offset", "0")];

    private static readonly Dictionary<string, Func<Scene, string>> Queries = new()
    {
        ["GET /api/search"] = _ => "?q=hello",
        ["GET /api/presence"] = scene => $"?userIds={scene.Other.Id}",
    };

    private static readonly Dictionary<string, Func<Scene, (string, string)>> FrameHeaders = new()
    {
        ["SUBSCRIBE /user/queue/presence"] = scene => ("users", $"{scene.Other.Id}"),
    };

    public static object? Body(string request, Scene scene) => Bodies.TryGetValue(request, out var body) ? body(scene) : null;

    public static string Query(string request, Scene scene) => Queries.TryGetValue(request, out var query) ? query(scene) : "";

    public static (string Name, string Value)[] Headers(string frame, Scene scene) =>
        FrameHeaders.TryGetValue(frame, out var header) ? [header(scene)] : [];
}
