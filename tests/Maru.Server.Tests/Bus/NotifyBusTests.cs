using Maru.Engine.Bus;
using Maru.Server.Bus;
using Maru.Server.Cluster;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Maru.Server.Tests.Bus;

/// <summary>Nodes with only the store between them.</summary>
[Trait("Store", "postgres")]
public sealed class NotifyBusTests : BusContract
{
    private static readonly BusChannel Channel = new("sure", Travel.Sure);

    private protected override async Task<BusRig> StartAsync() => await NotifyRig.StartAsync();

    [Fact]
    public async Task What_must_get_through_is_heard_once_and_in_order_by_a_node_whose_connection_was_cut()
    {
        await using var rig = await NotifyRig.StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var ears = await Ears.OpenAsync(there, Channel);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 10; i++) here.Publish(Channel, Frame((20 * round) + i));
            await PostgresServer.CutAsync(rig.Database);
            for (var i = 10; i < 20; i++) here.Publish(Channel, Frame((20 * round) + i));
            (await ears.HearAsync(20)).ShouldBe(Enumerable.Range(20 * round, 20));
        }
    }

    [Fact]
    public async Task A_node_that_comes_later_hears_nothing_of_what_was_told_before()
    {
        await using var rig = await NotifyRig.StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var ears = await Ears.OpenAsync(there, Channel);
        for (var i = 0; i < 10; i++) here.Publish(Channel, Frame(i));
        await ears.HearAsync(10);
        var late = await Ears.OpenAsync(await rig.JoinAsync(), Channel);
        await PostgresServer.CutAsync(rig.Database);
        here.Publish(Channel, Frame(10));
        (await late.HearAsync(1)).ShouldBe([10]);
        (await ears.HearAsync(1)).ShouldBe([10]);
    }

    [Fact]
    public async Task A_node_that_cannot_listen_does_not_start()
    {
        await using var rig = await NotifyRig.StartAsync();
        await rig.TakeAwayAsync();
        await Should.ThrowAsync<NpgsqlException>(rig.JoinAsync);
    }

    [Fact]
    public async Task A_node_that_stops_cancels_no_statement()
    {
        // Npgsql would wait for PostgreSQL to confirm, and the event loop that must read the confirmation would wait for Npgsql.
        await using var rig = await NotifyRig.StartAsync();
        var node = await rig.JoinAsync();
        await using var other = await PostgresServer.OpenAsync(rig.Database);
        await using (var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var command = new NpgsqlCommand("LOCK TABLE notices", other, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            node.Publish(Channel, Frame(1));
            await PostgresServer.WaitsForLockAsync(rig.Database, 1, or: new TaskCompletionSource().Task);
            await ((NotifyBus)node).StopAsync(new CancellationToken(canceled: true));
        }

        await using var count = new NpgsqlCommand("SELECT count(*) FROM notices", other);
        await Deadline.Until(
            async () => (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))! == 1, "what it was told");
    }

    [Fact]
    public async Task What_is_too_large_or_cannot_be_told_at_the_end_counts_as_dropped()
    {
        await using var rig = await NotifyRig.StartAsync();
        var node = await rig.JoinAsync();
        using var counts = rig.Count();
        node.Publish(Channel, new byte[node.MaxFrameBytes + 1]);
        node.Publish(Channel, Frame(1));
        await Deadline.Until(() => counts.Of("maru.bus.sent") == 1, "the frame that fits");
        counts.Of("maru.bus.dropped").ShouldBe(1);
        await rig.TakeAwayAsync();
        for (var i = 0; i < 3; i++) node.Publish(Channel, Frame(i));
        await ((NotifyBus)node).StopAsync(CancellationToken.None);
        (counts.Of("maru.bus.sent"), counts.Of("maru.bus.dropped")).ShouldBe((1, 4));
    }

    [Fact]
    public async Task While_the_store_is_away_what_waits_is_bounded()
    {
        await using var rig = await NotifyRig.StartAsync(new BusOptions { PublishBytes = 1024 * 1024 });
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var ears = await Ears.OpenAsync(there, Channel);
        await rig.TakeAwayAsync();
        var large = new byte[100_000];
        for (var i = 0; i < 100; i++)
        {
            Frame(i).CopyTo(large, 0);
            here.Publish(Channel, large);
        }

        await rig.BringBackAsync();
        await Deadline.Until(() => ears.Has(0), "what waited");
        await Deadline.Until(
            () =>
            {
                here.Publish(Channel, Frame(100));      // dropped as well, until what waited is told
                return ears.Has(100);
            },
            "what came later");
        Enumerable.Range(0, 100).Count(ears.Has).ShouldBeLessThan(30);
        rig.Log.Lines.ShouldContain(x => x.Contains("was dropped", StringComparison.Ordinal));
    }
}

internal sealed class NotifyRig : BusRig
{
    private readonly List<(NotifyBus Bus, PostgresDatabase Database)> _nodes = [];
    private readonly BusOptions _options;
    private readonly PostgresServer _server;

    private NotifyRig(PostgresServer server, string database, BusOptions options) =>
        (_server, Database, _options) = (server, database, options);

    public string Database { get; }

    public static async Task<NotifyRig> StartAsync(BusOptions? options = null)
    {
        var server = await PostgresServer.StartAsync();
        var rig = new NotifyRig(server, await server.MakeDatabaseAsync(), options ?? new BusOptions());
        await using var database = rig.Open();
        await new Migrator(database, TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        return rig;
    }

    public override async Task<IBus> JoinAsync()
    {
        using var logs = LoggerFactory.Create(x => x.AddProvider(Log));
        var database = Open();
        var bus = new NotifyBus(
            new NoticeBoard(database), new ThisNode(), _options, Metrics, TimeProvider.System, logs.CreateLogger<NotifyBus>());
        _nodes.Add((bus, database));
        await bus.StartAsync(CancellationToken.None);
        bus.IsConnected.ShouldBeTrue("it has started");
        return bus;
    }

    public override async Task TakeAwayAsync()
    {
        await _server.StopAsync();
        await Deadline.Until(() => _nodes.TrueForAll(x => !x.Bus.IsConnected), "the loss to be noticed");
    }

    public override Task BringBackAsync() => _server.StartAgainAsync();

    public override async Task TellAsNewerAsync(string channel)
    {
        await using var database = Open();
        await new NoticeBoard(database).TellAsync(["2 of another form", $"3 {channel}"], [], CancellationToken.None);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var (bus, database) in _nodes)
        {
            await bus.StopAsync(CancellationToken.None);
            await database.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    /// <summary>Waits long: the machine is busy with other tests.</summary>
    private PostgresDatabase Open() =>
        new(new StorageOptions(Database, Data: ""), new PostgresOptions { ConnectTimeout = TimeSpan.FromSeconds(20) });
}
