using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>
/// Opens the index before its follower runs, and lets that begin anew where the index is empty: made for the first time, of another
/// version of the tokens, or lost.
/// </summary>
internal sealed partial class SearchStart(ISearchIndex index, Database database, ILogger<SearchStart> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => index.OpenAsync(BeginAnewAsync, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task BeginAnewAsync()
    {
        var before = await database.WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                "DELETE FROM follower_positions WHERE follower = @Followed", new { SearchFollower.Followed }, ct),
            CancellationToken.None);
        if (before > 0) Log.Anew(log);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The index of search is made anew: what is not in it yet is not found until then")]
        public static partial void Anew(ILogger log);
    }
}
