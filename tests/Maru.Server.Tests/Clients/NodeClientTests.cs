using System.Text.Json;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Clients;

/// <summary>
/// Two <c>@stomp/stompjs</c> clients and one <c>webstomp-client</c>, as they come from npm, on both ways in to the server.
/// </summary>
[Trait("Category", "Clients")]
public sealed class NodeClientTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?way=general")]
    public async Task Other_peoples_clients_talk_are_refused_and_resume(string path)
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:HeartBeat=00:00:01");
        var (ann, bob, cat) = (await server.SignUpAsync(), await server.SignUpAsync("bob"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync(members: [bob.Id, cat.Id]);
        var closed = await cat.MakeRoomAsync(visibility: "private");
        var steps = await NodeClients.PlayAsync(
            "scenario.mjs",
            new
            {
                url = $"ws://127.0.0.1:{server.Address.Port}{path}",
                ann = ann.AccessToken,
                bob = bob.AccessToken,
                cat = cat.AccessToken,
                room = room.Id,
                closed = closed.Id,
            });
        foreach (var step in steps) output.WriteLine(step.ToString());
        steps.Select(step => step.GetProperty("step").GetString())
            .ShouldBe([
                "connected", "talk", "split", "webstomp", "refused", "resumed",
                "version", "version", "version", "bad token", "heart-beats", "ended",
            ]);

        Text(steps[0], "version").ShouldBe("1.2");
        Text(steps[0], "subprotocol").ShouldBe("v12.stomp");
        Talk(steps[1], room.Id);
        steps[2].GetProperty("whole").GetBoolean().ShouldBeTrue();
        Webstomp(steps[3], room.Id);
        Refused(steps[4]);
        Resumed(steps[5]);
        foreach (var step in steps.Where(step => Text(step, "step") == "version"))
        {
            Text(step, "connected").ShouldBe(Text(step, "asked"));
            Text(step, "subprotocol").ShouldBe($"v{Text(step, "asked").Replace(".", "", StringComparison.Ordinal)}.stomp");
            step.GetProperty("last").GetProperty("seq").GetInt64().ShouldBe(step.GetProperty("sent").GetProperty("seq").GetInt64());
        }

        steps[9].GetProperty("error").GetProperty("message").GetString().ShouldBe("unauthenticated");
        steps[9].GetProperty("close").GetInt32().ShouldBe(1008);
        steps[10].GetProperty("lost").GetBoolean().ShouldBeFalse();
        steps[10].GetProperty("alive").GetBoolean().ShouldBeTrue();
        steps[11].GetProperty("bye").GetBoolean().ShouldBeTrue();
        steps[11].GetProperty("codes").EnumerateArray().Select(code => code.GetInt32()).ShouldBe([1000, 1000]);
    }

    private static void Talk(JsonElement step, long room)
    {
        long[] seqs =
            [.. new[] { "first", "second", "binary", "again" }.Select(name => step.GetProperty(name).GetProperty("seq").GetInt64())];
        seqs.ShouldBe([seqs[0], seqs[0] + 1, seqs[0] + 2, seqs[0]]);
        step.GetProperty("first").GetProperty("room").GetInt64().ShouldBe(room);
        foreach (var who in (string[])["ann", "bob"])
        {
            var seen = step.GetProperty(who).EnumerateArray().ToList();
            seen.Select(item => Text(item, "text")).ShouldBe(["from ann 한글 😀", "from bob", "bytes"]);
            seen.Select(item => item.GetProperty("seq").GetInt64()).ShouldBe(seqs[..3]);
            seen.Select(item => item.GetProperty("header").GetInt64()).ShouldBe(seqs[..3]);
        }
    }

    private static void Webstomp(JsonElement step, long room)
    {
        Text(step, "subprotocol").ShouldBe("v12.stomp");
        Text(step.GetProperty("receipt"), "room").ShouldBe($"{room}");
        var seen = step.GetProperty("seen").EnumerateArray().ToList();
        seen.Select(item => item.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, seen.Count).Select(seq => (long)seq));
        Text(seen[^1], "text").ShouldBe("from cat");
    }

    private static void Refused(JsonElement step)
    {
        Text(step.GetProperty("queue"), "receipt-id").ShouldBe("no");
        Text(step.GetProperty("queue").GetProperty("body"), "type").ShouldBe("not-found");
        Text(step.GetProperty("error"), "message").ShouldBe("not-found");
        step.GetProperty("close").GetInt32().ShouldBe(1008);
    }

    private static void Resumed(JsonElement step)
    {
        var before = step.GetProperty("before").GetInt64();
        var seqs = step.GetProperty("seen").EnumerateArray().Select(item => item.GetProperty("seq").GetInt64()).ToList();
        seqs.ShouldBe(Enumerable.Range((int)before + 1, seqs.Count).Select(seq => (long)seq));
        seqs.Count.ShouldBe(step.GetProperty("missed").GetArrayLength() + 1);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
