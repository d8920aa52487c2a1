using System.Net;
using Maru.Server.Audit;
using Maru.Server.Features.Files;
using Maru.Server.Features.LinkPreviews.Fetching;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>Previews of links: messages get what their links lead to, fetched beside the path of messages.</summary>
internal static class LinkPreviewSlice
{
    public static void AddLinkPreviews(this IServiceCollection services, LinkPreviewOptions options)
    {
        services.AddSingleton<FetchOptions>(options);
        services.AddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        services.AddSingleton(new AddressPolicy(options));      // here, so that a setting that is wrong ends the start
        services.AddSingleton<OutwardClient>();
        services.AddSingleton<PageFetcher>();
        services.AddSingleton<PreviewStore>();
        services.AddSingleton<PreviewPictures>();
        services.AddSingleton<PreviewCache>();
        services.AddSingleton<PreviewChanges>();
        services.AddSingleton<PreviewMetrics>();
        services.AddSingleton<IStoreCheck, PreviewCheck>();
        services.AddSingleton<IContentCheck, PreviewContents>();
        services.AddHostedService<PreviewSweep>();
        if (options.Enabled) services.AddHostedService<PreviewWorkers>();
    }
}
