namespace Maru.Server.Tests.Kit;

/// <summary>Two servers on one PostgreSQL, without a bus between them.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private MaruServer? _first;
    private MaruServer? _second;

    public MaruServer First => _first!;

    public MaruServer Second => _second!;

    public static async Task<TwoNodes> StartAsync(params string[] settings)
    {
        var nodes = new TwoNodes();
        var database = await (await PostgresServer.Shared).MakeDatabaseAsync();
        nodes._first = await MaruServer.StartAsync([$"--Maru:Database={database}", .. settings]);
        nodes._second = await nodes._first.JoinAsync(settings);
        return nodes;
    }

    public async ValueTask InitializeAsync()
    {
        var nodes = await StartAsync();
        (_first, _second) = (nodes._first, nodes._second);
    }

    /// <summary>Returns a user who signed up at the first node as a client of the second one.</summary>
    public Person AtSecond(Person person) =>
        Second.Person(new Maru.Server.Features.Accounts.SignedIn(person.User, person.AccessToken, person.RefreshToken, 0));

    public async ValueTask DisposeAsync()
    {
        if (_second is not null) await _second.DisposeAsync();
        if (_first is not null) await _first.DisposeAsync();
    }
}
