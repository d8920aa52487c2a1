using System.Net.Http.Headers;
using System.Text.Json;
using Maru.Server.Features.Accounts;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// The log of a server that was used, attacked and failed: what it wrote to its standard output. On SQLite, whose files can be limited.
/// </summary>
public sealed class LoggedServer : IAsyncLifetime
{
    private readonly Folder _folder = new();

    /// <summary>All lines, of the standard output alone.</summary>
    public IReadOnlyList<string> Lines { get; private set; } = [];

    /// <summary>The same, read.</summary>
    public IReadOnlyList<JsonElement> Read { get; private set; } = [];

    /// <summary>The <c>traceId</c> of the request that the server failed at.</summary>
    public string FailedRequest { get; private set; } = "";

    /// <summary>What no line may have.</summary>
    public IReadOnlyList<string> Secrets { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var server = await MaruProcess.StartAsync(_folder, "--Logging:LogLevel:Maru.Requests=Debug");
        using var http = new HttpClient { BaseAddress = server.Address };
        var (ann, ben) = (await SignUpAsync(http, "ann"), await SignUpAsync(http, "ben"));
        await http.SendAsync("POST /api/auth/login", new { handle = "ann", password = "no-such-password" }).ShouldBe(401);
        await http.SendAsync("POST /api/auth/login", new { handle = "ann", password = Person.Password }).ShouldBe(200);
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await ann.SayAsync(room, "a-word-in-a-room");
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ann.Id}").ShouldBe(403);
        await http.SendAsync("GET /api/nothing/%22%0A%1B/4711471147114711").ShouldBe(404);
        server.LimitFileSize(1);
        var failed = await ann.Http.SendAsync("POST /api/rooms", new { name = "one that does not fit", visibility = "private" });
        ((int)failed.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        FailedRequest = JsonDocument.Parse(await failed.Content.ReadAsStringAsync()).RootElement.GetProperty("traceId").GetString()!;
        server.LimitFileSize(long.MaxValue);
        await server.TerminateAsync();
        Lines = server.Output;
        Read = [.. Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Secrets =
        [
            Person.Password, "no-such-password", "ann@example.org", ann.AccessToken, ann.RefreshToken, "a-word-in-a-room", "does not fit",
            "4711471147114711",
        ];
    }

    /// <summary>Names of all fields of all lines.</summary>
    public IReadOnlyCollection<string> Fields =>
        [.. Read.SelectMany(line => line.EnumerateObject()).Select(property => property.Name).Distinct()];

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<Person> SignUpAsync(HttpClient http, string handle)
    {
        var body = new { handle, name = handle, password = Person.Password, email = $"{handle}@example.org" };
        var signedIn = await http.SendAsync("POST /api/auth/signup", body).Read<SignedIn>(201);
        var own = ApiCheck.Client(http.BaseAddress!);
        own.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.AccessToken);
        return new Person(signedIn.User, signedIn.AccessToken, signedIn.RefreshToken ?? "", own);
    }
}
