using Maru.Server.Audit;
using Maru.Server.Platform;

namespace Maru.Server.Features.Polls;

/// <summary>Polls: a message that is a question, and the votes of a room's members.</summary>
internal static class PollSlice
{
    public static void AddPolls(this IServiceCollection services)
    {
        services.AddSingleton<PollChanges>();
        services.AddSingleton<PollStore>();
        services.AddSingleton<IStoreCheck, PollCheck>();
        services.AddJson(PollsJson.Default);
    }
}
