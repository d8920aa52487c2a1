using Maru.Server.Followers;

namespace Maru.Server.Features.Search;

/// <summary>
/// Opens the index before its follower runs, and wants it made of all messages where it is empty: made for the first time, of another
/// version of the tokens, or lost. The follower has its place by then, so that between the two nothing is left out.
/// </summary>
internal sealed partial class SearchStart(
    ISearchIndex index, SearchState state, SearchFollower follower, FollowerStore followers, ILogger<SearchStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var isAnew = await index.OpenAsync(cancellationToken);
        await followers.RegisterAsync(follower.Name, follower.Start, cancellationToken);
        if (!isAnew) return;
        // A server that dies between the two does it again.
        if (await state.WantAsync(cancellationToken) > 1) Log.Anew(log);
        await index.SealAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The index of search is made anew: what is not in it yet is not found until then")]
        public static partial void Anew(ILogger log);
    }
}
