using Maru.Server.Commands;
using Maru.Server.Followers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.FollowerHost;

/// <summary>The server with one follower more, registered as a feature does it: a program that a test can kill.</summary>
internal static class Program
{
    // Another process goes on as soon as the lease of a killed one is over.
    private static readonly FollowerOptions BriefLease = new() { Lease = TimeSpan.FromSeconds(2) };

    private static Task<int> Main(string[] args) => MaruCommand.RunAsync(args, BuildAsync, Server.Program.ReadSettings);

    private static Task<WebApplication> BuildAsync(string[] args, Action<IServiceCollection>? adjust) => Server.Program.BuildAsync(
        args,
        services =>
        {
            services.AddSingleton<LogFollower, PrintFollower>();
            services.AddSingleton(BriefLease);
            adjust?.Invoke(services);
        });
}
