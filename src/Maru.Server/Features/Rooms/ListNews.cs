using Maru.Engine;
using Maru.Engine.Discover;

namespace Maru.Server.Features.Rooms;

/// <summary>Lets the engine tell those who look at the list of public rooms what changes in it.</summary>
internal sealed class ListNews(ChatEngine engine, RoomDirectory directory) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.TellPublicRooms(new PublicRoomReader(directory.ReadAsync, directory.BusyAsync));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
