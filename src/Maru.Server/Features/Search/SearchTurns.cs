using Maru.Server.Platform.Limits;

namespace Maru.Server.Features.Search;

/// <summary>Gives each user one search at a time, so that nobody loads all cores. Any thread.</summary>
internal sealed class SearchTurns() : UserTurns(MostWaiting)
{
    private const int MostWaiting = 16;
}
