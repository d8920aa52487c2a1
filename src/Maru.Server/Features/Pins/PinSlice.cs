using Maru.Server.Platform;

namespace Maru.Server.Features.Pins;

/// <summary>Pinned messages: a few of a room that its owner and admins hold up for everybody.</summary>
internal static class PinSlice
{
    public static void AddPins(this IServiceCollection services)
    {
        services.AddSingleton<PinChanges>();
        services.AddSingleton<PinStore>();
        services.AddJson(PinsJson.Default);
    }
}
