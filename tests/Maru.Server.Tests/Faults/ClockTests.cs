using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Faults;

/// <summary>The wall clock is set forward or back by a day while the server runs.</summary>
[Trait("Category", "Faults")]
public sealed class ClockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_breaks_no_connection_and_no_order(int days)
    {
        var clock = new JumpingClock();
        await using var server = await MaruServer.StartAsync(
            null, services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, heartBeat: "1000,1000");
        await socket.SubscribeAsync(room.Id, after: 0);
        var first = (await socket.SayAndWaitAsync(room.Id, "before", "k1")).Seq;

        clock.Jump(TimeSpan.FromDays(days));
        (await socket.SayAndWaitAsync(room.Id, "after", "k2")).Seq.ShouldBe(first + 1);
        (await socket.SayAndWaitAsync(room.Id, "before", "k1")).Seq.ShouldBe(first);

        // Ahead, a token's time is over for new connections; behind, it is not. A refresh token is good for weeks.
        await using var late = await StompSocket.OpenAsync(server.Address);
        await late.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("Authorization", $"Bearer {ann.AccessToken}"));
        if (days > 0) (await late.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
        else await late.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED");
        await ann.Http.SendAsync("GET /api/me").ShouldBe(days > 0 ? 401 : 200);
        var renewed = server.Person(
            await server.Http.SendAsync("POST /api/auth/refresh", new { refreshToken = ann.RefreshToken })
                .Read<Server.Features.Accounts.SignedIn>());
        (await renewed.HistoryAsync(room)).Where(message => message.Kind == "message").Select(message => message.Text)
            .ShouldBe(["before", "after"]);

        clock.Jump(TimeSpan.FromDays(-days));
        (await socket.SayAndWaitAsync(room.Id, "and back")).Seq.ShouldBe(first + 2);
        socket.IsEnded.ShouldBeFalse();
        var signedIn = await server.SignInAsync(ann.Handle);
        await using var again = await StompSocket.ConnectAsync(server.Address, signedIn.AccessToken);
        await again.SubscribeAsync(room.Id, after: 0);
        for (var seq = 1; seq <= first + 2; seq++) (await again.MessageAsync()).Seq.ShouldBe(seq);
        await server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_neither_prolongs_nor_ends_an_open_connection(int days)
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null, "--Maru:Jwt:AccessTokenLifetime=00:01:00");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        time.Jump(TimeSpan.FromDays(days));
        time.Advance(TimeSpan.FromSeconds(50));
        await socket.SayAndWaitAsync(room.Id, "in time");
        time.Advance(TimeSpan.FromSeconds(16));   // no more than it takes: what is said last must be fetched within seconds
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.Unauthenticated.Slug);
    }

    private sealed class JumpingClock : TimeProvider
    {
        private long _ticks;

        public void Jump(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ticks));
    }
}
