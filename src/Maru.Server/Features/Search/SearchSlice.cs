using Maru.Server.Followers;
using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>Search in messages: an index beside the path, and the messages themselves, which have the last word.</summary>
internal static class SearchSlice
{
    public static void AddSearch(this IServiceCollection services, SearchOptions options, StorageOptions storage)
    {
        services.AddSingleton<SearchMetrics>();
        services.AddSingleton<SearchCursors>();
        services.AddSingleton<SearchTurns>();
        services.AddSingleton<SearchPages>();
        services.AddSingleton<SearchState>();
        services.AddJson(SearchJson.Default);
        if (storage.IsShared) services.AddSingleton<ISearchIndex, PostgresSearchIndex>();
        else services.AddSingleton<ISearchIndex, SqliteSearchIndex>();
        if (!options.Enabled) return;
        services.AddSingleton<SearchPace>();
        services.AddSingleton<SearchFeed>();
        services.AddSingleton<SearchFollower>();
        services.AddSingleton<LogFollower>(provider => provider.GetRequiredService<SearchFollower>());
        services.AddHostedService<SearchStart>();
        services.AddHostedService<SearchRebuild>();
    }
}
