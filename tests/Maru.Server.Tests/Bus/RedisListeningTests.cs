using System.Collections.Concurrent;
using Maru.Engine;
using Maru.Server.Bus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Server.Tests.Bus;

[Trait("Store", "postgres")]
public sealed class RedisListeningTests
{
    [Fact]
    public async Task However_often_a_channel_is_left_and_listened_to_again_everything_is_heard_once()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var bus = new RedisBus(redis.Address, new BusOptions(), TimeProvider.System, NullLogger.Instance);
        await Deadline.Until(() => bus.IsConnected, "a connection");
        var heard = new ConcurrentQueue<byte>();
        for (var round = 0; round < 100; round++)
        {
            var listening = new TaskCompletionSource();
            bus.Subscribe("room", bytes => heard.Enqueue(bytes[0]), () => listening.TrySetResult());
            if (round % 3 > 0) await listening.Task.Within("the channel");
            if (round < 99) bus.Unsubscribe("room");
            else await listening.Task.Within("the channel");
        }

        for (byte i = 0; i < 50; i++) bus.Publish("room", [i]);
        await Deadline.Until(() => heard.Contains((byte)49), "the last");
        heard.ShouldBe(Enumerable.Range(0, 50).Select(x => (byte)x));
    }

    [Fact]
    public async Task A_room_is_listened_to_a_little_longer_than_it_is_used_and_again_when_it_is_used_anew()
    {
        await using var redis = await RedisProcess.StartAsync();
        var time = new ManualTime();
        await using var bus = new RedisBackplane(new MaruOptions { Redis = redis.Address }, time, NullLogger<RedisBackplane>.Instance);
        await Deadline.Until(() => bus.IsConnected, "a connection");
        for (var round = 0; round < 3; round++)
        {
            bus.Use(new RoomId(7));
            bus.Use(new RoomId(7));
            bus.Release(new RoomId(7));
            time.Advance(TimeSpan.FromSeconds(30));
            await Listened(1);
            bus.Release(new RoomId(7));
            await Listened(1);
            time.Advance(TimeSpan.FromSeconds(10));
            await Listened(0);
        }

        Task Listened(int connections) => Deadline.Until(async () => await redis.ListenersAsync("maru:r:7") == connections, $"{connections} to listen");
    }
}
