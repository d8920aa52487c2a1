using Maru.Engine.Protocols.Stomp;
using Maru.Server.Tests.Features.Guests;
using Microsoft.AspNetCore.Routing;

namespace Maru.Server.Tests.Authorization;

/// <summary>Everything that can be asked for, by everybody: the answers are those of <c>docs/authorization.md</c>.</summary>
public sealed class AuthorizationTests(OpenServer open) : IClassFixture<OpenServer>
{
    /// <summary>What clients send and subscribe to, by the server's own list of kinds.</summary>
    private static readonly Dictionary<string, string[]> Destinations = new()
    {
        [nameof(DestinationKind.Messages)] = ["SEND /app/rooms/{roomId}/messages"],
        [nameof(DestinationKind.Read)] = ["SEND /app/rooms/{roomId}/read"],
        [nameof(DestinationKind.Typing)] = ["SEND /app/rooms/{roomId}/typing"],
        [nameof(DestinationKind.OwnPresence)] = ["SEND /app/presence"],
        [nameof(DestinationKind.Presence)] = ["SUBSCRIBE /user/queue/presence"],
        [nameof(DestinationKind.PublicRooms)] = ["SUBSCRIBE /topic/rooms"],
        [nameof(DestinationKind.Room)] = ["SUBSCRIBE /topic/rooms/{roomId}"],
        [nameof(DestinationKind.Signal)] =
            ["SEND /topic/rooms/{roomId}/signals/{name}", "SUBSCRIBE /topic/rooms/{roomId}/signals/{name}"],
        [nameof(DestinationKind.UserEvents)] = ["SUBSCRIBE /user/queue/events"],
        [nameof(DestinationKind.UserErrors)] = ["SUBSCRIBE /user/queue/errors"],
    };

    public static TheoryData<string, string> Rows =>
        [.. AuthorizationDocument.Read().Select(row => new TheoryDataRow<string, string>(row.Kind, row.Request))];

    [Fact]
    public void Everything_that_can_be_asked_for_is_listed()
    {
        Enum.GetNames<DestinationKind>().Except(["Unknown"]).ShouldBe(Destinations.Keys, ignoreOrder: true);
        var listed = AuthorizationDocument.Read();
        foreach (var (kind, _) in AuthorizationDocument.Tables())
            listed.Where(row => row.Kind == kind).Select(row => row.Request).ShouldBe(RequestsOf(kind), kind);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Who_may_do_it_is_as_written(string kind, string request)
    {
        var row = AuthorizationDocument.Read().Single(row => row.Kind == kind && row.Request == request);
        (await AskAsync(kind, request, [.. row.Cells.Select(cell => cell.Column)])).Cells.ShouldBe(row.Cells);
    }

    /// <summary>With <c>MARU_WRITE_AUTHORIZATION=true</c> writes the tables anew, to be read line by line.</summary>
    [Fact]
    public async Task The_document_has_each_way_to_stand_to_a_room()
    {
        AuthorizationDocument.Tables().SelectMany(table => table.Columns).Distinct().ShouldBe(Scene.Columns, ignoreOrder: true);
        if (Environment.GetEnvironmentVariable("MARU_WRITE_AUTHORIZATION") != "true") return;
        List<AuthorizationRow> rows = [];
        foreach (var (kind, columns) in AuthorizationDocument.Tables())
        {
            foreach (var request in RequestsOf(kind)) rows.Add(await AskAsync(kind, request, columns));
        }

        AuthorizationDocument.Write(rows);
    }

    private async Task<AuthorizationRow> AskAsync(string kind, string request, string[] columns)
    {
        var statuses = await Task.WhenAll(columns.Select(async column =>
            await (await Scene.MakeAsync(open.Server, kind.Length > 0 ? kind : "private", column)).AskAsync(request)));
        return new AuthorizationRow(kind, request, [.. columns.Zip(statuses)]);
    }

    /// <summary>Returns what can be asked for about a room of that kind, or about none, sorted.</summary>
    private IEnumerable<string> RequestsOf(string kind)
    {
        var endpoints =
            from endpoint in open.Server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
            let path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":number", "", StringComparison.Ordinal)
            where method != "HEAD" && path != "/ws"
            select $"{method} {path}";
        return endpoints.Concat(Destinations.Values.SelectMany(x => x))
            .Where(request => request.Contains("{roomId}", StringComparison.Ordinal) == (kind.Length > 0))
            .Distinct()
            .OrderBy(request => request.Split(' ')[1], StringComparer.Ordinal)
            .ThenBy(request => request, StringComparer.Ordinal);
    }
}

/// <summary>A server that takes guests.</summary>
public sealed class OpenServer : IAsyncLifetime
{
    private MaruServer? _server;

    public MaruServer Server => _server ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() =>
        _server = await MaruServer.StartAsync(Visiting.Enabled, "--Maru:Search:Enabled=true", "--Maru:Metrics:Enabled=true");

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
