using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Maru.Server.Tests.Platform;

/// <summary>The rules for every endpoint, whoever adds it.</summary>
public sealed class EndpointsTests(MaruServer server) : IClassFixture<MaruServer>
{
    // Judged by something else than a bearer token, or open to all.
    private static readonly string[] Open =
    [
        "/health/live", "/health/ready", "/metrics", "/openapi/v1.json", "/.well-known/jwks.json",
        "/api/auth/signup", "/api/auth/guest", "/api/auth/login", "/api/auth/refresh", "/ws", "/api/invitations/{code}",
    ];

    [Fact]
    public void Each_demands_a_token_or_is_known_to_be_open()
    {
        var open = server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/'));
        open.Except(Open).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/api/users")]
    [InlineData("/api/rooms")]
    [InlineData("/api/me/rooms")]
    [InlineData("/api/rooms/{0}/members")]
    [InlineData("/api/rooms/{0}/bans")]
    [InlineData("/api/rooms/{0}/invitations")]
    [InlineData("/api/rooms/{0}/messages")]
    public async Task A_page_has_1_to_200_items_in_every_list(string path)
    {
        var ann = await server.SignUpAsync();
        var address = string.Format(CultureInfo.InvariantCulture, path, (await ann.MakeRoomAsync()).Id);
        foreach (var limit in (string[])["0", "-1", "%2B1", "01", "201", "99999999999", "99999999999999999999", "x", "1.5"])
            (await ann.Http.SendAsync($"GET {address}?limit={limit}").ShouldRefuseFields()).ShouldBe(["limit"]);
        foreach (var limit in (int[])[1, 200]) await ann.Http.SendAsync($"GET {address}?limit={limit}").ShouldBe(200);
    }

    [Theory]
    [InlineData("/api/users")]
    [InlineData("/api/rooms?sort=name")]
    [InlineData("/api/me/rooms")]
    [InlineData("/api/rooms/{0}/members")]
    [InlineData("/api/rooms/{0}/bans")]
    [InlineData("/api/rooms/{0}/invitations")]
    public async Task A_list_goes_on_behind_a_page_that_it_gave_and_nowhere_else(string path)
    {
        var ann = await server.SignUpAsync();
        var address = string.Format(CultureInfo.InvariantCulture, path, (await ann.MakeRoomAsync()).Id);
        address += address.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        string[] cursors = ["1:\0", "01:", "+1:", "-1:", ":", "1", "x:"];
        foreach (var after in cursors.Select(cursor => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(cursor))).Append("%00").Append("+"))
            (await ann.Http.SendAsync($"GET {address}after={after}").ShouldRefuseFields()).ShouldBe(["after"], after);
    }

    [Theory]
    [InlineData("/api/users")]
    [InlineData("/api/rooms")]
    public async Task A_query_of_NUL_finds_nothing(string path)
    {
        var ann = await server.SignUpAsync();
        (await ann.Http.SendAsync($"GET {path}?q=%00").ShouldBe(200)).ShouldBe("""{"items":[]}""");
    }

    [Theory]
    [InlineData("before=%2B1")]
    [InlineData("before=01")]
    [InlineData("before=-1")]
    [InlineData("before=x")]
    [InlineData("before=")]
    [InlineData("after=")]
    [InlineData("after=1.0")]
    [InlineData("after=%00")]
    [InlineData("after=5%00")]
    [InlineData("before=5%00%00")]
    [InlineData("limit=")]
    [InlineData("limit=5%00")]
    [InlineData("limit=%205")]
    [InlineData("limit=05")]
    [InlineData("limit=1&limit=2")]
    [InlineData("after=1e3")]
    [InlineData("after=9223372036854775808")]
    [InlineData("after=1&after=2")]
    public async Task A_number_has_one_form(string query)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var name = query.Split('=')[0];
        (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}").ShouldRefuseFields()).ShouldBe([name]);
        if (name == "after") (await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/events?{query}").ShouldRefuseFields()).ShouldBe([name]);
    }
}
