using Maru.Server.Tests.Features.LinkPreviews;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Previews where several nodes take messages.</summary>
[Trait("Store", "postgres")]
public sealed class LinkPreviewTests
{
    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task The_node_that_takes_a_message_asks_for_its_link_and_everybody_hears_of_it_once(string way)
    {
        await using var site = new WebSite();
        site.Serve("/", "<title>Here</title>");
        string[] settings =
        [
            "--Maru:LinkPreviews:Enabled=true", "--Maru:LinkPreviews:AllowedNetworks=127.0.0.1",
            .. way == "bus" ? ClusterRig.BusOnly : [],
        ];
        await using var cluster = await ClusterRig.StartAsync(redis: way == "store" ? 0 : 1, settings: settings);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        await talk.Ann.SayAsync(talk.Room, $"{site.At("/")}");
        var heard = await talk.Hers.EventAsync("message.preview");
        heard.Json.GetProperty("message").GetProperty("previews")[0].GetProperty("title").GetString().ShouldBe("Here");
        (await talk.His.EventAsync("message.preview")).Text.ShouldBe(heard.Text);
        await talk.Ben.SayAsync(talk.Room, $"again {site.At("/")}");
        (await talk.His.EventAsync("message.preview")).Seq.ShouldBe(heard.Seq + 2);
        (await talk.Hers.EventAsync("message.preview")).Seq.ShouldBe(heard.Seq + 2);
        site.CountOf("/").ShouldBe(1);      // what one node knows, all know
    }
}
