using System.Diagnostics.Metrics;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Problems;
using Maru.Server.Features.Operations;
using Maru.Server.Platform;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Features.Operations;

/// <summary>What admins see of a node, and do with it.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task A_message_moves_the_points_of_its_node()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Metrics:Enabled=true");
        var (admin, node) = (await server.SignUpAdminAsync(), server.NodeId());
        var room = await admin.MakeRoomAsync();
        await Deadline.Until(
            async () =>
            {
                await admin.SayAsync(room);
                var points = await admin.PointsAsync(node);
                return points.Any(point => point is
                {
                    Messages: > 0, DurableP50: > 0, DurableP99: > 0, ProcessBytes: > 0, Cpu: > 0, QueueLimit: > 0, MemoryLimit: > 0,
                });
            },
            "a point with a message");
        var first = (await admin.PointsAsync(node))[0];
        (await admin.PointsAsync(node, $"?after={first.Number}")).ShouldAllBe(point => point.Number > first.Number);
        (await admin.Http.SendAsync($"GET /api/admin/nodes/{node}/points?after=x").ShouldRefuseFields()).ShouldBe(["after"]);
        (await admin.Http.SendAsync("GET /api/admin/nodes").Read<NodeList>()).Measured.ShouldBeTrue();
        var status = (await admin.NodesAsync()).ShouldHaveSingleItem();
        (status.Id, status.Version, status.Asked, status.Draining).ShouldBe((node.ToString(), Product.Version, true, false));
        status.Last.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_node_without_metrics_says_so()
    {
        await using var server = await MaruServer.StartAsync();
        var admin = await server.SignUpAdminAsync();
        var nodes = await admin.Http.SendAsync("GET /api/admin/nodes").Read<NodeList>();
        nodes.Measured.ShouldBeFalse();
        nodes.Items.ShouldHaveSingleItem().Last.ShouldBeNull();
        (await admin.PointsAsync(server.NodeId())).ShouldBeEmpty();
        await admin.Http.SendAsync($"GET /api/admin/nodes/{Guid.NewGuid()}/points").ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task A_book_keeps_half_an_hour_and_so_many_nodes()
    {
        await using var server = await MaruServer.StartAsync();
        var (book, node) = (server.Service<NodeBook>(), server.NodeId());
        for (var number = 1; number <= NodeBook.MaxPoints + 5; number++) book.Add(PointOf(number));
        book.PointsOf(node, 0).Count.ShouldBe(NodeBook.MaxPoints);
        book.PointsOf(node, 0)[0].Number.ShouldBe(6);
        book.LastOf(node)!.Number.ShouldBe(NodeBook.MaxPoints + 5);
    }

    [Fact]
    public async Task A_drained_node_refuses_new_clients_and_tells_its_own_to_come_back()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:DrainDelay=00:00:00", "--Maru:Engine:DrainWindow=00:00:00");
        var (admin, node) = (await server.SignUpAdminAsync(), server.NodeId());
        await using var socket = await StompSocket.ConnectAsync(server.Address, admin.AccessToken);
        for (var i = 0; i < 2; i++) await admin.Http.SendAsync($"POST /api/admin/nodes/{node}/drain").ShouldBe(204);
        (await admin.NodesAsync()).ShouldHaveSingleItem().Draining.ShouldBeTrue();
        await server.Http.SendAsync("GET /health/ready").ShouldBe(503);
        await Deadline.Until(() => server.Service<ChatEngine>().Connections.Count == 0, "the end of the connection");
    }

    [Fact]
    public async Task A_drain_that_fails_goes_on_with_the_other_connections()
    {
        var book = new LogBook();
        await using var server = await MaruServer.StartAsync(
            null, services => services.AddSingleton<ILoggerProvider>(book), "--Logging:LogLevel:Maru.Server.Features.Operations=Warning",
            "--Maru:Engine:DrainDelay=00:00:00", "--Maru:Engine:DrainWindow=00:00:00", "--Maru:Engine:CloseTimeout=00:00:01");
        var (admin, node, failed) = (await server.SignUpAdminAsync(), server.NodeId(), false);
        await using var ann = await StompSocket.ConnectAsync(server.Address, admin.AccessToken);
        await using var ben = await StompSocket.ConnectAsync(server.Address, admin.AccessToken);
        using var listener = new MeterListener();
        listener.EnableMeasurementEvents(server.Service<ChatEngine>().Metrics.Ended);
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            if (!failed) failed = true;
            else return;
            throw new InvalidOperationException("nobody foresaw it");
        });
        await admin.Http.SendAsync($"POST /api/admin/nodes/{node}/drain").ShouldBe(204);
        await Deadline.Until(() => server.Service<ChatEngine>().Connections.Count == 0, "the end of both connections");
        book.Lines.ShouldContain(x => x.Contains("The drain failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_report_that_fails_is_made_again()
    {
        var (time, book, bus) = (new ManualTime(), new LogBook(), new FailingBus());
        await using var server = await MaruServer.StartAsync(
            time, services => services.AddSingleton<ILoggerProvider>(book).Replace(ServiceDescriptor.Singleton<IBus>(bus)),
            "--Logging:LogLevel:Maru.Server.Features.Operations=Warning");
        bus.Fails = true;
        time.Advance(TimeSpan.FromSeconds(15));
        await Deadline.Until(() => Failures() == 1, "the first failure");
        time.Advance(TimeSpan.FromSeconds(15));
        await Deadline.Until(() => Failures() == 2, "the second one");
        await server.Http.SendAsync("GET /health/live").ShouldBe(200);
        bus.Fails = false;
        var before = bus.Reports;
        time.Advance(TimeSpan.FromSeconds(15));
        await Deadline.Until(() => bus.Reports > before, "the next report");

        int Failures() => book.Lines.Count(x => x.Contains("report failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_finer_log_goes_back_by_itself()
    {
        var (time, book) = (new ManualTime(), new LogBook());
        await using var server = await MaruServer.StartAsync(
            time, services => services.AddSingleton<ILoggerProvider>(book), "--Logging:LogLevel:Maru.Server.Bus=Warning");
        var (admin, node) = (await server.SignUpAdminAsync(), server.NodeId());
        var log = server.Service<ILoggerFactory>().CreateLogger("Maru.Server.Bus.Something");
        log.IsEnabled(LogLevel.Debug).ShouldBeFalse();
        await SetAsync("Maru.Server.Bus", "debug", 10);
        log.IsEnabled(LogLevel.Debug).ShouldBeTrue();
        log.IsEnabled(LogLevel.Trace).ShouldBeFalse();
        (await admin.NodesAsync())[0].LogLevel.ShouldNotBeNull().Category.ShouldBe("Maru.Server.Bus");
        time.Advance(TimeSpan.FromMinutes(10));
        await Deadline.Until(() => !log.IsEnabled(LogLevel.Debug), "the level of the settings");
        (await admin.NodesAsync())[0].LogLevel.ShouldBeNull();

        await SetAsync("Maru.Server.Bus", "trace", 60);
        log.IsEnabled(LogLevel.Trace).ShouldBeTrue();
        await SetAsync("Maru.Server.Bus", "trace", 0);
        log.IsEnabled(LogLevel.Trace).ShouldBeFalse();

        Task SetAsync(string category, string level, long minutes) =>
            admin.Http.SendAsync($"PUT /api/admin/nodes/{node}/log-level", new { category, level, minutes }).ShouldBe(204);
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore", "debug", 10, "category")]
    [InlineData("Marulike", "debug", 10, "category")]
    [InlineData("Maru.", "debug", 10, "category")]
    [InlineData("Maru\n", "debug", 10, "category")]
    [InlineData("Maru.Security", "none", 10, "level")]
    [InlineData("Maru", "warning", 10, "level")]
    [InlineData("Maru", "debug", 61, "minutes")]
    [InlineData("Maru", "debug", -1, "minutes")]
    public async Task A_log_becomes_finer_alone_for_an_hour_and_of_Maru(string category, string level, long minutes, string field)
    {
        await using var server = await MaruServer.StartAsync();
        var admin = await server.SignUpAdminAsync();
        (await admin.Http.SendAsync($"PUT /api/admin/nodes/{server.NodeId()}/log-level", new { category, level, minutes })
            .ShouldRefuseFields()).ShouldBe([field]);
    }

    [Fact]
    public async Task Errors_are_counted_by_kind_and_without_what_was_written()
    {
        await using var server = await MaruServer.StartAsync("--Logging:LogLevel:Default=Warning");
        var admin = await server.SignUpAdminAsync();
        var log = server.Service<ILoggerFactory>().CreateLogger("Maru.Server.Something");
        var broken = new EventId(7, "Broken");
        for (var i = 0; i < 3; i++) Write(LogLevel.Error, broken, new InvalidOperationException("hush"));
        Write(LogLevel.Warning, new EventId(8, "Odd"), null);
        var text = await admin.Http.SendAsync($"GET /api/admin/nodes/{server.NodeId()}/errors").ShouldBe(200);
        text.ShouldNotContain("secret");
        text.ShouldNotContain("hush");
        var kinds = await admin.Http.SendAsync($"GET /api/admin/nodes/{server.NodeId()}/errors").Read<LoggedErrors>();
        var kind = kinds.Items.Where(x => x.Category == "Maru.Server.Something").ShouldHaveSingleItem();
        (kind.Event, kind.Exception, kind.Count).ShouldBe(("Broken", "System.InvalidOperationException", 3));

        for (var i = 0; i < 2 * ErrorBook.MaxKinds; i++) Write(LogLevel.Error, new EventId(i, $"E{i}"), null);
        server.Service<ErrorBook>().List(int.MaxValue).Count.ShouldBe(ErrorBook.MaxKinds);

        void Write(LogLevel level, EventId line, Exception? e) => log.Log(level, line, "It was secret", e, (text, _) => text);
    }

    [Fact]
    public async Task Slow_queries_are_statements_without_values()
    {
        await using var server = await MaruServer.StartAsync();
        var admin = await server.SignUpAdminAsync();
        var queries = await admin.Http.SendAsync($"GET /api/admin/nodes/{server.NodeId()}/queries").Read<SlowQueries>();
        queries.ByTotal.Count.ShouldBeInRange(1, 10);
        queries.ByTotal.ShouldAllBe(query => query.Total > 0 && query.Longest > 0 && query.Longest <= query.Total && query.Count > 0);
        queries.ByTotal.Select(query => query.Total).ShouldBeInOrder(SortDirection.Descending);
        queries.ByLongest.Select(query => query.Longest).ShouldBeInOrder(SortDirection.Descending);
    }

    private static NodePoint PointOf(long number) => new(
        number, DateTimeOffset.UnixEpoch, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>A bus that breaks its promise to throw nothing, for the reports of nodes.</summary>
    private sealed class FailingBus : IBus
    {
        private readonly LocalBus _bus = new();

        public volatile bool Fails;
        public volatile int Reports;

        public bool IsConnected => _bus.IsConnected;

        public int MaxFrameBytes => 64 * 1024;

        public bool Carries(BusChannel channel) => channel.Name == "nodes" || _bus.Carries(channel);

        public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
        {
            if (channel.Name != "nodes") return;
            if (Fails) throw new InvalidOperationException("nobody foresaw it");
            Interlocked.Increment(ref Reports);
        }

        public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null) =>
            _bus.Subscribe(channel, heard, listening);
    }
}
