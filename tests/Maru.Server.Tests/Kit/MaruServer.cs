using System.Net.Http.Headers;
using Maru.Server.Features.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// The whole server in this process, on a free port of 127.0.0.1, with a store and keys of its own in a temporary folder.
/// As a class fixture it runs with the defaults of tests: no rate limits, cheap password hashes, no log.
/// <see cref="StartAsync(string[])"/> makes one with other settings.
/// </summary>
public sealed class MaruServer : IAsyncLifetime
{
    /// <summary>A setting for all servers: the machine is busy with other tests.</summary>
    internal const string ConnectTimeout = "--Maru:Postgres:ConnectTimeout=00:00:20";

    private readonly string[] _settings;
    private readonly Action<IServiceCollection> _adjust;
    private TestStore? _store;
    private WebApplication? _app;
    private int _people;

    public MaruServer() : this([], null, null)
    {
    }

    private MaruServer(string[] settings, ManualTime? time, Action<IServiceCollection>? adjust)
    {
        Directory.CreateDirectory(Folder);
        _settings =
        [
            "--urls=http://127.0.0.1:0",
            $"--Maru:Data={Folder}",
            "--Maru:RateLimits:Enabled=false",
            "--Maru:LinkPreviews:Enabled=false",      // texts of tests have links to sites of others
            "--Maru:Passwords:Iterations=1000",
            "--Maru:Search:Enabled=false",
            "--Maru:Metrics:Enabled=false",           // each server would count what all others in this process do
            "--Logging:LogLevel:Default=None",
            "--Logging:LogLevel:Maru.Requests=None",
            "--Logging:LogLevel:Maru.Security=None",
            "--Logging:LogLevel:Microsoft.AspNetCore=None",
            $"--webroot={Directory.CreateDirectory(Path.Combine(Folder, "web"))}",     // empty: the client may be built or not
            ConnectTimeout,
            "--hostBuilder:reloadConfigOnChange=false",   // a file watcher a server is more than a machine gives
            .. settings,
        ];
        _adjust = services =>
        {
            if (time is not null) services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            adjust?.Invoke(services);
        };
    }

    /// <summary>The folder of keys, files and the store.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "maru-tests", Guid.NewGuid().ToString("n"));

    /// <summary>The connection string of its store.</summary>
    public string Store => _store?.ConnectionString ?? throw new InvalidOperationException("The settings name the store.");

    /// <summary>A client without a token.</summary>
    public HttpClient Http { get; private set; } = new();

    public Uri Address => Http.BaseAddress!;

    /// <param name="settings">as on the command line: <c>--Maru:Signup:Open=false</c></param>
    public static Task<MaruServer> StartAsync(params string[] settings) => StartAsync(null, null, settings);

    /// <param name="time">instead of the system's</param>
    /// <param name="adjust">replaces services</param>
    /// <param name="settings">as on the command line: <c>--Maru:Signup:Open=false</c></param>
    public static async Task<MaruServer> StartAsync(ManualTime? time, Action<IServiceCollection>? adjust, params string[] settings)
    {
        var server = new MaruServer(settings, time, adjust);
        try
        {
            await server.InitializeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address at which it listens: with TLS only when the settings say so.</summary>
    public Uri AddressOf(string scheme)
    {
        var addresses = Service<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return addresses.Select(address => new Uri(address)).Single(address => address.Scheme == scheme);
    }

    public async ValueTask InitializeAsync()
    {
        if (!_settings.Any(x => x.StartsWith("--Maru:Database=", StringComparison.Ordinal))) _store = await TestStore.MakeAsync(Folder);
        await RunAsync(_settings);
    }

    public T Service<T>() where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Ends the server and starts another one on the same folder, at another port.</summary>
    /// <param name="settings">on top of what it had</param>
    public async Task RestartAsync(params string[] settings)
    {
        await StopAsync();
        await RunAsync([.. _settings, .. settings]);
    }

    /// <summary>As <see cref="RestartAsync(string[])"/>, with something done while no server runs.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        await StopAsync();
        await meanwhile();
        await RunAsync(_settings);
    }

    /// <summary>Signs a new account up; its handle is the name and a number that no other account has.</summary>
    public async Task<Person> SignUpAsync(string name = "ann")
    {
        var handle = $"{name}{Interlocked.Increment(ref _people)}";
        return Person(
            await Http.SendAsync("POST /api/auth/signup", new { handle, name, password = Kit.Person.Password }).Read<SignedIn>(201));
    }

    public async Task<Person> SignInAsync(string handle, string password = Kit.Person.Password) =>
        Person(await Http.SendAsync("POST /api/auth/login", new { handle, password }).Read<SignedIn>());

    public Person Person(SignedIn tokens)
    {
        var http = ApiCheck.Client(Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        return new Person(tokens.User, tokens.AccessToken, tokens.RefreshToken ?? "", http);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_store is not null) await _store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async ValueTask RunAsync(string[] settings)
    {
        string[] store = _store is null ? [] : [$"--Maru:Database={_store.ConnectionString}"];
        _app = await Program.BuildAsync([.. store, .. settings], _adjust);
        await _app.StartAsync();
        Http = ApiCheck.Client(AddressOf(Uri.UriSchemeHttp));
    }

    private async Task StopAsync()
    {
        Http.Dispose();
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
