using System.Globalization;
using System.Text.Json;
using Maru.Server.Cluster;
using Maru.Server.Features.Sessions;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Guests;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.LinkPreviews;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Scheduled;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Authorization;

/// <summary>
/// A room with people of its own, and one person who asks for something there. What is asked for is always somebody else's: a message, a
/// session or a membership of <see cref="Other"/>, who is a plain member.
/// </summary>
internal sealed class Scene
{
    /// <summary>How the person who asks stands to the room, and how they get there.</summary>
    private static readonly Dictionary<string, Func<Scene, Task>> Ways = new()
    {
        ["nobody"] = _ => Task.CompletedTask,
        ["stranger"] = _ => Task.CompletedTask,
        ["left"] = async scene =>
        {
            await scene.PutInAsync();
            await scene.Actor.Http.SendAsync($"POST /api/rooms/{scene.Room.Id}/leave").ShouldBe(204);
        },
        ["banned"] = async scene =>
        {
            await scene.PutInAsync();
            await scene.Owner.Http.SendAsync($"DELETE /api/rooms/{scene.Room.Id}/members/{scene.Actor.Id}?ban=true").ShouldBe(204);
        },
        ["guest"] = scene => scene.PutInAsync(),
        ["blocked"] = async scene =>
        {
            await scene.PutInAsync();
            await scene.Owner.BlockAsync(scene.Actor);
        },
        ["member"] = scene => scene.PutInAsync(),
        ["admin"] = async scene =>
        {
            await scene.PutInAsync();
            await scene.Owner.Http.SendAsync($"PATCH /api/rooms/{scene.Room.Id}/members/{scene.Actor.Id}", new { role = "admin" })
                .ShouldBe(204);
        },
        ["owner"] = _ => Task.CompletedTask,
        ["site admin"] = scene => scene._server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("UPDATE users SET role = 'admin' WHERE id = @Id", new { scene.Actor.Id }, ct),
            TestContext.Current.CancellationToken),
    };

    private readonly MaruServer _server;
    private readonly string _column;
    private long _poll;

    private Scene(MaruServer server, string column) => (_server, _column) = (server, column);

    public Room Room { get; private set; } = null!;

    /// <summary>Who made the room; in a direct room the one of the two who is spoken to.</summary>
    public Person Owner { get; private set; } = null!;

    /// <summary>A plain member, whose ids the requests have; in a direct room the same as the owner.</summary>
    public Person Other { get; private set; } = null!;

    /// <summary>Who asks.</summary>
    public Person Actor { get; private set; } = null!;

    /// <summary>Nobody is on no list and of no room.</summary>
    public Person Outsider { get; private set; } = null!;

    /// <summary>A message of the other's.</summary>
    public long Seq { get; private set; }

    public bool HasToken => _column != "nobody";

    public static IEnumerable<string> Columns => Ways.Keys;

    /// <param name="kind">of the room: public, private or direct</param>
    /// <param name="column">how the person who asks stands to it</param>
    public static async Task<Scene> MakeAsync(MaruServer server, string kind, string column)
    {
        var scene = new Scene(server, column) { Owner = await server.SignUpAsync("owner"), Outsider = await server.SignUpAsync("out") };
        scene.Actor = column switch
        {
            "owner" => scene.Owner,
            "guest" => await server.EnterAsync(),
            _ => await server.SignUpAsync("actor"),
        };
        if (kind == "direct") await scene.MakeDirectAsync();
        else await scene.MakeGroupAsync(kind);
        scene.Seq = (await scene.Other.SayAsync(scene.Room)).Seq;
        scene._poll = (await scene.Other.PollAsync(scene.Room)).Seq;
        await Ways[column](scene);
        return scene;
    }

    /// <summary>Returns the address with the ids of this scene in it.</summary>
    public async Task<string> FillAsync(string template)
    {
        if (template.Contains("/polls/{seq}", StringComparison.Ordinal)) Seq = _poll;
        var path = template
            .Replace("{roomId}", Text(Room.Id), StringComparison.Ordinal)
            .Replace("{seq}", Text(Seq), StringComparison.Ordinal)
            .Replace("{optionId}", "1", StringComparison.Ordinal)
            .Replace("{userId}", Text(Other.Id), StringComparison.Ordinal)
            .Replace("{emoji}", Uri.EscapeDataString("👍"), StringComparison.Ordinal)
            .Replace("{name}", "cursor", StringComparison.Ordinal);
        if (path.EndsWith("/sessions/{id}", StringComparison.Ordinal))
        {
            var sessions = await Other.Http.SendAsync("GET /api/me/sessions").Read<SessionList>();
            path = path.Replace("{id}", Text(sessions.Items[0].Id), StringComparison.Ordinal);
        }

        if (path.Contains("/files/{id}", StringComparison.Ordinal))
        {
            var file = await Other.UploadAsync(Uploads.Pixel);
            await Other.SendAsync(Room, "see", file);
            path = path.Replace("{id}", Text(file.Id), StringComparison.Ordinal);
        }

        if (path.Contains("/files/previews/pictures/{id}", StringComparison.Ordinal))
            path = path.Replace("{id}", Text(await _server.ShowPictureAsync(Room, Seq)), StringComparison.Ordinal);

        // The node itself must go on for the others.
        var node = path.EndsWith("/drain", StringComparison.Ordinal) ? Guid.Empty : _server.Service<ThisNode>().Id;
        path = path.Replace("{nodeId:guid}", node.ToString(), StringComparison.Ordinal);

        if (path.Contains("/uploads/{id}", StringComparison.Ordinal) || path.Contains("/presigned/{id}", StringComparison.Ordinal))
            path = path.Replace("{id}", Text((await Other.BeginAsync(1000)).Id), StringComparison.Ordinal);

        if (path.Contains("{scheduledId}", StringComparison.Ordinal))
        {
            var scheduled = await Other.ScheduleAsync(Room, "later", DateTimeOffset.UtcNow.AddHours(1));
            path = path.Replace("{scheduledId}", Text(scheduled.Id), StringComparison.Ordinal);
        }

        if (path.Contains("{code}", StringComparison.Ordinal))
            path = path.Replace("{code}", (await Owner.InviteAsync(Room)).Code, StringComparison.Ordinal);
        path.ShouldNotContain("{", Case.Sensitive, "the scene has no such thing");
        return path;
    }

    /// <summary>Returns the status of the answer.</summary>
    /// <param name="request">method or command, and a path with names in braces</param>
    public async Task<int> AskAsync(string request)
    {
        var (verb, template) = request.Split(' ') is [var first, var second] ? (first, second) : throw new ArgumentException(request);
        var path = await FillAsync(template);
        return verb is "SEND" or "SUBSCRIBE"
            ? await AskBySocketAsync(verb, path, Requests.Body(request, this), Requests.Headers(request, this))
            : await AskByHttpAsync($"{verb} {path}{Requests.Query(request, this)}", Requests.Body(request, this));
    }

    private async Task<int> AskByHttpAsync(string line, object? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(line.Split(' ')[0]), line.Split(' ')[1]);
        if (body is HttpContent content) request.Content = content;
        else if (body is not null) request.Content = System.Net.Http.Json.JsonContent.Create(body);
        request.Headers.Add("Idempotency-Key", "once");
        foreach (var (name, value) in Requests.TusHeaders) request.Headers.Add(name, value);
        using var response = await (HasToken ? Actor.Http : _server.Http).SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    private async Task<int> AskBySocketAsync(string command, string destination, object? body, (string, string)[] more)
    {
        await using var socket = await StompSocket.OpenAsync(_server.Address);
        (string, string)[] token = HasToken ? [("Authorization", $"Bearer {Actor.AccessToken}")] : [];
        await socket.SendAsync("CONNECT", "", [("accept-version", "1.2"), ("host", "maru"), .. token]);
        if (await AnswerAsync() is { Command: "ERROR" } refused) return Status(refused);
        var json = body is null ? "" : JsonSerializer.Serialize(body);
        await socket.SendAsync(command, json, [("destination", destination), ("id", "asked"), ("receipt", "asked"), .. more]);
        var answer = await AnswerAsync();
        return answer.Command == "ERROR" ? Status(answer) : 200;

        Task<Frame> AnswerAsync() => socket.TakeAsync(frame => frame.Command is "CONNECTED" or "RECEIPT" or "ERROR", "an answer");
    }

    private static int Status(Frame error) => error.Json.GetProperty("status").GetInt32();

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes the one who asks a member; of a direct room they are one from the beginning.</summary>
    private async Task PutInAsync()
    {
        if (Room.Kind == "direct") return;
        await Owner.Http.SendAsync($"POST /api/rooms/{Room.Id}/members", new { userIds = new[] { Actor.Id } }).ShouldBe(204);
    }

    private async Task MakeGroupAsync(string visibility)
    {
        Other = await _server.SignUpAsync("other");
        Room = _column == "guest" ? await Owner.MakeOpenHouseAsync(visibility) : await Owner.MakeRoomAsync("room", visibility);
        await Owner.Http.SendAsync($"POST /api/rooms/{Room.Id}/members", new { userIds = new[] { Other.Id } }).ShouldBe(204);
    }

    private async Task MakeDirectAsync()
    {
        Other = Owner;
        var partner = _column is "member" or "blocked" ? Actor : Outsider;
        Room = await Owner.Http.SendAsync("POST /api/rooms/direct", new { userId = partner.Id }).Read<Room>(201);
    }
}
