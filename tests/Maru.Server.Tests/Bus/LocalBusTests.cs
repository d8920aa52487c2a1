using Maru.Engine.Bus;

namespace Maru.Server.Tests.Bus;

/// <summary>Nodes in one process.</summary>
public sealed class LocalBusTests : BusContract
{
    private protected override Task<BusRig> StartAsync() => Task.FromResult<BusRig>(new Rig());

    [Fact]
    public void A_node_alone_has_nobody_to_tell()
    {
        var bus = new LocalBus();
        (bus.IsConnected, bus.Carries(new BusChannel("a", Travel.Any))).ShouldBe((false, false));
    }

    private sealed class Rig : BusRig
    {
        private LocalBus? _last;

        public override Task<IBus> JoinAsync()
        {
            var log = Log.CreateLogger("bus");
            _last = _last?.Join(log) ?? new LocalBus(log);
            return Task.FromResult<IBus>(_last);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
