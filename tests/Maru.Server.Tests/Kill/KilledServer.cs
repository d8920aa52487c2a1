using System.Data.Common;
using System.Net.Http.Headers;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed amid the work of its people, and started again on what it left. One test, one caller.</summary>
/// <typeparam name="T">what a person did</typeparam>
internal sealed class KilledServer<T> : IDisposable
{
    private readonly Folder _folder = new();
    private readonly List<(int Person, T What)> _answered = [];
    private readonly string[] _settings;
    private string[] _tokens = [];

    private KilledServer(string[] settings) => _settings = settings;

    public string Folder => _folder;

    public long[] Rooms { get; private set; } = [];

    /// <summary>What was answered with success.</summary>
    public IReadOnlyList<(int Person, T What)> Answered
    {
        get
        {
            lock (_answered) return [.. _answered];
        }
    }

    /// <summary>Makes the people, who are members of every room where there is one room.</summary>
    /// <param name="settings">of each of its lives</param>
    public static async Task<KilledServer<T>> SeedAsync(int people, int rooms = 1, params string[] settings)
    {
        var killed = new KilledServer<T>(settings);
        (killed._tokens, killed.Rooms) = await MaruProcess.SeedAsync(killed._folder, people, rooms);
        return killed;
    }

    /// <summary>Starts the server, does something with all people, and stops it.</summary>
    public async Task<TResult> LiveAsync<TResult>(Func<HttpClient[], Task<TResult>> work)
    {
        await using var server = await MaruProcess.StartAsync(_folder, _settings);
        return await work(People(server));
    }

    /// <summary>Starts the server, lets every person work, and kills it once so many things more were answered with success.</summary>
    /// <param name="count">how many; there must be more to do</param>
    /// <param name="work">of a person; calls the action with what was answered with success; ends when the server is gone</param>
    public async Task LiveAndDieAsync(int count, Func<int, HttpClient, Action<T>, Task> work)
    {
        await using var server = await MaruProcess.StartAsync(_folder, _settings);
        var before = Answered.Count;
        var working = Task.WhenAll(People(server).Select((http, person) => WorkAsync(person, http)));
        await Deadline.Until(() => Answered.Count >= before + count, "something to be answered with success");
        await server.KillAsync();
        await working;

        async Task WorkAsync(int person, HttpClient http)
        {
            try
            {
                await work(person, http, what => Note(person, what));
            }
            catch (HttpRequestException)
            {
                // killed
            }
        }
    }

    /// <summary>The connection string of what it left.</summary>
    public Task<string> StoreAsync() => TestStore.OfAsync(_folder);

    /// <summary>Opens what it left, as another program.</summary>
    public async Task<DbConnection> OpenStoreAsync() => await Verdict.OpenAsync(await StoreAsync());

    public void Dispose() => _folder.Dispose();

    private void Note(int person, T what)
    {
        lock (_answered) _answered.Add((person, what));
    }

    private HttpClient[] People(MaruProcess server) =>
    [
        .. _tokens.Select(token =>
        {
            var http = ApiCheck.Client(server.Address);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return http;
        }),
    ];
}
