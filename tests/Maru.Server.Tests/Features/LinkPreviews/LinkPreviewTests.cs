using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.LinkPreviews;

/// <summary>Previews of links, from the message to its end. One worker: what comes behind a message is done behind it.</summary>
public sealed class LinkPreviewTests : IAsyncLifetime
{
    private readonly WebSite _site = new();
    private readonly ManualTime _time = new();
    private MaruServer _server = null!;
    private Person _ann = null!, _ben = null!;
    private Room _room = null!;
    private int _last;

    public async ValueTask InitializeAsync()
    {
        _server = await MaruServer.StartAsync(
            "--Maru:LinkPreviews:Enabled=true", "--Maru:LinkPreviews:Workers=1", "--Maru:LinkPreviews:AllowedNetworks=127.0.0.1");
        (_ann, _ben) = (await _server.SignUpAsync("ann"), await _server.SignUpAsync("ben"));
        _room = await _ann.MakeRoomAsync(members: _ben.Id);
        _site.Serve("/one", "<title>One</title><meta property=og:description content=first><meta property=og:site_name content=Site>");
        _site.Serve("/two", "<title>Two</title>");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task A_message_gets_what_its_links_lead_to_live_and_in_history()
    {
        await using var socket = await StompSocket.ConnectAsync(_server.Address, _ben.AccessToken);
        await socket.SubscribeAsync(_room.Id);
        var sent = await _ann.SayAsync(
            _room, $"see {_site.At("/one#part")} and `{_site.At("/code")}`, {_site.At("/none")}, {_site.At("/two")}.");
        sent.Previews.ShouldBeNull();
        (await socket.EntryAsync()).Type.ShouldBe("message.created");
        var heard = await socket.EntryAsync();
        heard.Type.ShouldBe("message.preview");
        var message = heard.Json.GetProperty("message");
        message.GetProperty("seq").GetInt64().ShouldBe(sent.Seq);
        message.GetProperty("previews")[0].GetProperty("title").GetString().ShouldBe("One");
        Preview[] expected =
        [
            new(_site.At("/one#part").AbsoluteUri, "One", "first", "Site"), new(_site.At("/two").AbsoluteUri, "Two"),
        ];
        var found = await PreviewsAsync(_ben, sent.Seq);
        found.ShouldBe(expected);
        (await _ben.Http.SendAsync($"GET /api/rooms/{_room.Id}/messages/{sent.Seq}").Read<Message>()).EditedAt.ShouldBeNull();
        _site.CountOf("/code").ShouldBe(0);
    }

    [Fact]
    public async Task A_page_is_text_whatever_it_has()
    {
        _site.Serve("/bad", "<title>\u202E</title><script>alert(1)</script>\u0000&lt;img src=x&gt;</title>");
        var sent = await _ann.SayAsync(_room, $"{_site.At("/bad")}");
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).ShouldBeEmpty();      // nothing that can be seen is left of its title
        _site.Serve("/worse", "<title>&lt;script&gt;alert(1)&lt;/script&gt;\u202E</title>");
        sent = await _ann.SayAsync(_room, $"{_site.At("/worse")}");
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).ShouldHaveSingleItem().Title.ShouldBe("<script>alert(1)</script>");
    }

    [Fact]
    public async Task An_edit_drops_the_previews_of_links_that_are_gone_and_brings_those_of_new_ones()
    {
        var sent = await _ann.SayAsync(_room, $"{_site.At("/one")} {_site.At("/two")}");
        await DoneAsync();
        await using var socket = await StompSocket.ConnectAsync(_server.Address, _ben.AccessToken);
        await socket.SubscribeAsync(_room.Id);
        await EditAsync(sent.Seq, $"only {_site.At("/two")}");
        var heard = (await socket.EntryAsync()).Json.GetProperty("message").GetProperty("previews");
        heard.EnumerateArray().Single().GetProperty("title").GetString().ShouldBe("Two");
        (await PreviewsAsync(_ben, sent.Seq)).Select(x => x.Title).ShouldBe(["Two"]);
        _site.Serve("/three", "<title>Three</title>");
        await EditAsync(sent.Seq, $"{_site.At("/three")} {_site.At("/two")}");
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).Select(x => x.Title).ShouldBe(["Three", "Two"]);
        await EditAsync(sent.Seq, "none");
        (await PreviewsAsync(_ben, sent.Seq)).ShouldBeEmpty();
        _site.CountOf("/two").ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_is_edited_or_deleted_while_its_page_comes_gets_nothing_of_it()
    {
        var (edited, deleted) = (Gate("/edited"), Gate("/deleted"));
        var first = await _ann.SayAsync(_room, $"{_site.At("/edited")}");
        await edited.Asked;
        await EditAsync(first.Seq, "never mind");
        var second = await _ann.SayAsync(_room, $"{_site.At("/deleted")}");
        edited.Open();
        await deleted.Asked;
        await _ann.Http.SendAsync($"DELETE /api/rooms/{_room.Id}/messages/{second.Seq}").ShouldBe(204);
        deleted.Open();
        await DoneAsync();
        (await PreviewsAsync(_ben, first.Seq)).ShouldBeEmpty();
        (await PreviewsAsync(_ben, second.Seq)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_message_has_no_previews_any_more_not_even_in_events_that_are_told_again()
    {
        var sent = await _ann.SayAsync(_room, $"{_site.At("/one")}");
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).ShouldNotBeEmpty();
        await _ann.Http.SendAsync($"DELETE /api/rooms/{_room.Id}/messages/{sent.Seq}").ShouldBe(204);
        (await PreviewsAsync(_ben, sent.Seq)).ShouldBeEmpty();
        await using var socket = await StompSocket.ConnectAsync(_server.Address, _ben.AccessToken);
        await socket.SubscribeAsync(_room.Id, after: sent.Seq - 1);
        for (var type = ""; type != "message.deleted";)
        {
            var entry = await socket.EntryAsync();
            type = entry.Type;
            if (entry.Json.TryGetProperty("message", out var message) && message.GetProperty("seq").GetInt64() == sent.Seq)
                message.TryGetProperty("previews", out _).ShouldBeFalse(type);
        }
    }

    [Fact]
    public async Task The_sender_and_admins_take_previews_away_for_good()
    {
        var sent = await _ben.SayAsync(_room, $"{_site.At("/one")}");
        await DoneAsync();
        var cho = await _server.SignUpAsync("cho");
        await cho.JoinAsync(_room);
        await RemoveAsync(cho, sent.Seq).ShouldRefuse(Problem.Forbidden);
        await RemoveAsync(await _server.SignUpAsync("dan"), sent.Seq).ShouldRefuse(Problem.NotFound);
        await RemoveAsync(_ben, 999).ShouldRefuse(Problem.NotFound);
        await using var socket = await StompSocket.ConnectAsync(_server.Address, cho.AccessToken);
        await socket.SubscribeAsync(_room.Id);
        await RemoveAsync(_ben, sent.Seq).ShouldBe(204);
        var heard = await socket.EntryAsync();
        heard.Type.ShouldBe("message.preview");
        heard.Json.GetProperty("message").TryGetProperty("previews", out _).ShouldBeFalse();
        await RemoveAsync(_ben, sent.Seq).ShouldBe(204);
        await _ben.Http.SendAsync($"PATCH /api/rooms/{_room.Id}/messages/{sent.Seq}", new { text = $"{_site.At("/two")}" }).ShouldBe(200);
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).ShouldBeEmpty();

        // Before it came, and by an admin.
        var gate = Gate("/slow");
        sent = await _ben.SayAsync(_room, $"{_site.At("/slow")}");
        await gate.Asked;
        await RemoveAsync(_ann, sent.Seq).ShouldBe(204);
        gate.Open();
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_room_says_whether_its_messages_get_previews()
    {
        var quiet = await _ann.MakeRoomAsync(members: _ben.Id);
        quiet.LinkPreviews.ShouldBeNull();
        await _ben.Http.SendAsync($"PATCH /api/rooms/{quiet.Id}", new { linkPreviews = false }).ShouldRefuse(Problem.Forbidden);
        (await _ann.Http.SendAsync($"PATCH /api/rooms/{quiet.Id}", new { linkPreviews = false }).Read<Room>()).LinkPreviews.ShouldBe(false);
        (await _ben.SeeAsync(quiet)).LinkPreviews.ShouldBe(false);
        foreach (var list in new[] { "/api/rooms", "/api/me/rooms" })
        {
            (await _ben.Http.SendAsync($"GET {list}").Read<Server.Features.Rooms.RoomPage>())
                .Items.Select(x => (x.Id, x.LinkPreviews)).ShouldBe([(quiet.Id, false), (_room.Id, null)], ignoreOrder: true);
        }

        var sent = await _ann.SayAsync(quiet, $"{_site.At("/one")}");
        await DoneAsync();
        (await _ben.HistoryAsync(quiet)).Single(x => x.Seq == sent.Seq).Previews.ShouldBeNull();
        _site.CountOf("/one").ShouldBe(0);
        (await _ann.Http.SendAsync($"PATCH /api/rooms/{quiet.Id}", new { linkPreviews = true }).Read<Room>()).LinkPreviews.ShouldBeNull();
    }

    [Fact]
    public async Task A_page_is_asked_once_for_all_messages_until_it_is_old()
    {
        await using var server = await MaruServer.StartAsync(
            _time, null,
            "--Maru:LinkPreviews:Enabled=true", "--Maru:LinkPreviews:AllowedNetworks=127.0.0.1",
            "--Maru:Jwt:AccessTokenLifetime=1.00:00:00");
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        var gate = Gate("/slow");
        List<Message> sent = [];
        for (var i = 0; i < 5; i++) sent.Add(await ann.SayAsync(room, $"{i} {_site.At("/slow")}"));
        await gate.Asked;
        gate.Open();
        foreach (var message in sent) await GetsAsync(message.Seq);
        sent.Add(await ann.SayAsync(room, $"5 {_site.At("/slow#else")}"));
        await GetsAsync(sent[^1].Seq);
        _site.CountOf("/slow").ShouldBe(1);
        await ann.SayAsync(room, $"{_site.At("/none")}");
        await ann.SayAsync(room, $"{_site.At("/none")}");
        await Deadline.Until(() => _site.CountOf("/none") == 1, "the page that is none was asked for");
        _time.Advance(TimeSpan.FromMinutes(61));
        await ann.SayAsync(room, $"{_site.At("/none")}");
        await Deadline.Until(() => _site.CountOf("/none") == 2, "it was asked for again");
        _site.CountOf("/slow").ShouldBe(1);

        Task GetsAsync(long seq) => Deadline.Until(
            async () => (await ann.HistoryAsync(room)).Single(x => x.Seq == seq).Previews?.Count == 1, "a preview came");
    }

    [Fact]
    public async Task What_is_inside_is_not_asked_for()
    {
        await using var other = new WebSite("127.0.0.2");
        other.Serve("/", "<title>Other</title>");
        await using var server = await MaruServer.StartAsync(
            "--Maru:LinkPreviews:Enabled=true", "--Maru:LinkPreviews:Workers=1", "--Maru:LinkPreviews:AllowedNetworks=127.0.0.2");
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, $"{_site.At("/one")} http://localhost:{_site.Port}/one http://169.254.169.254/latest/meta-data/");
        await ann.SayAsync(room, $"{other.At("/")}");
        await Deadline.Until(async () => (await ann.HistoryAsync(room))[^1].Previews?.Count == 1, "the one behind it came");
        (await ann.HistoryAsync(room))[^2].Previews.ShouldBeNull();
        _site.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_without_previews_asks_for_nothing()
    {
        await _server.RestartAsync("--Maru:LinkPreviews:Enabled=false");
        (_ann, _ben) = (await _server.SignInAsync(_ann.Handle), await _server.SignInAsync(_ben.Handle));
        var sent = await _ann.SayAsync(_room, $"{_site.At("/one")}");
        await EditAsync(sent.Seq, $"{_site.At("/one")} {_site.At("/two")}");
        await _server.RestartAsync("--Maru:LinkPreviews:Enabled=true");     // what it did not ask for meanwhile, it asks for never
        (_ann, _ben) = (await _server.SignInAsync(_ann.Handle), await _server.SignInAsync(_ben.Handle));
        await DoneAsync();
        (await PreviewsAsync(_ben, sent.Seq)).ShouldBeEmpty();
        _site.Connections.ShouldBe(1);
    }

    private Task<HttpResponseMessage> RemoveAsync(Person person, long seq) =>
        person.Http.SendAsync($"DELETE /api/rooms/{_room.Id}/messages/{seq}/previews");

    private Task EditAsync(long seq, string text) =>
        _ann.Http.SendAsync($"PATCH /api/rooms/{_room.Id}/messages/{seq}", new { text }).ShouldBe(200);

    private async Task<IReadOnlyList<Preview>> PreviewsAsync(Person person, long seq) =>
        (await person.HistoryAsync(_room)).Single(x => x.Seq == seq).Previews ?? [];

    /// <summary>Waits until all messages so far have got what they get: the one worker has done one behind them.</summary>
    private async Task DoneAsync()
    {
        var path = $"/last{Interlocked.Increment(ref _last)}";
        _site.Serve(path, "<title>Last</title>");
        var sent = await _ann.SayAsync(_room, $"{_site.At(path)}");
        await Deadline.Until(async () => (await PreviewsAsync(_ann, sent.Seq)).Count == 1, "the last preview came");
    }

    /// <summary>A page that comes when it is let.</summary>
    private (Task Asked, Action Open) Gate(string path)
    {
        var (asked, open) = (new TaskCompletionSource(), new TaskCompletionSource());
        _site.On(path, async (stream, ct) =>
        {
            asked.TrySetResult();
            await open.Task.WaitAsync(ct);
            await stream.WriteAsync(
                Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Slow</title>"), ct);
        });
        return (asked.Task.Within("the page was asked for"), () => open.TrySetResult());
    }
}
