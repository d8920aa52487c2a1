using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Maru.Server.Features.Messages;

namespace Maru.Server.Tests.Faults;

/// <summary>One store, opened by other names than the first: what is acknowledged under one name must not be lost under another.</summary>
[Trait("Store", "sqlite")]
[Trait("Category", "Faults")]
public sealed class StoreNamesTests : IAsyncDisposable
{
    private const string Taken = "Another server uses the store";
    private const string Linked = "names (hard links)";

    private readonly Folder _folder = new();
    private readonly Folder _elsewhere = new();
    private MaruProcess? _server;
    private StompSocket? _socket;
    private string _token = "";
    private long _room;
    private int _said;

    private string Store => $"{_folder.Path}/maru.db";

    private string Other => $"{_elsewhere.Path}/other.db";

    [Fact]
    public async Task A_second_server_does_not_start_by_another_name_and_nothing_is_lost()
    {
        await StartAsync();
        File.CreateSymbolicLink(Other, Store);
        await ShouldNotStartAsync(Other, Taken);
        Directory.CreateSymbolicLink($"{_elsewhere.Path}/folder", _folder);
        await ShouldNotStartAsync($"{_elsewhere.Path}/folder/maru.db", Taken);
        await ShouldNotStartAsync($"{_folder.Path}/../{Path.GetFileName(_folder.Path)}/maru.db", Taken);
        var renamed = $"{_folder.Path}/renamed.db";
        File.Move(Store, renamed);
        await ShouldNotStartAsync(renamed, Taken);
        File.Move(renamed, Store);
        await SayAsync();
        await ShouldHaveEverythingAsync();
    }

    [Fact]
    public async Task A_second_server_does_not_start_on_a_hard_link_and_nothing_is_lost()
    {
        await StartAsync();
        Link(Store, Other);
        await ShouldNotStartAsync(Other, Linked);
        Directory.GetFiles(_elsewhere).ShouldBe([Other], "nothing is made beside the link");
        File.Delete(Other);
        await SayAsync();
        await ShouldHaveEverythingAsync();
    }

    [Fact]
    public async Task A_second_server_does_not_start_through_a_bind_mount_and_nothing_is_lost()
    {
        await StartAsync();
        await using (await Mount.BindAsync(_folder, _elsewhere)) await ShouldNotStartAsync($"{_elsewhere.Path}/maru.db", Taken);
        await File.WriteAllBytesAsync(Other, [], TestContext.Current.CancellationToken);
        await using (await Mount.BindAsync(Store, Other)) await ShouldNotStartAsync(Other, "mounted as a single file");
        await SayAsync();
        await ShouldHaveEverythingAsync();
    }

    /// <summary>A killed server's last commits are beside the name that it used.</summary>
    [Fact]
    public async Task After_a_kill_a_store_with_two_names_is_refused_until_it_has_one()
    {
        await StartAsync();
        await _server!.KillAsync();
        Link(Store, Other);
        await ShouldNotStartAsync(Other, Linked);
        await ShouldNotStartAsync(Store, Linked);
        (await MaruProcess.RunAsync(["seed", "--users=1", .. On(Other)])).Code.ShouldBe(2);
        File.Delete(Other);
        await ShouldHaveEverythingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket is not null) await _socket.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    private async Task StartAsync()
    {
        var (tokens, rooms) = await MaruProcess.SeedAsync(_folder, users: 1, rooms: 1);
        (_token, _room) = (tokens[0], rooms[0]);
        _server = await MaruProcess.StartAsync(_folder);
        _socket = await StompSocket.ConnectAsync(_server.Address, _token);
        await SayAsync();
    }

    private Task SayAsync() => _socket!.SayAndWaitAsync(_room, $"message {++_said}");

    private string[] On(string path) => [$"--Maru:Data={_elsewhere.Path}", $"--Maru:Database=Data Source={path}"];

    private async Task ShouldNotStartAsync(string path, string why)
    {
        var (code, lines) = await MaruProcess.RunAsync(["--urls=http://127.0.0.1:0", .. On(path)]);
        code.ShouldBe(2, string.Join('\n', lines));
        lines.Where(line => !line.StartsWith('{')).ShouldHaveSingleItem().ShouldContain(why);
    }

    /// <summary>A server that starts after a kill finds each message once.</summary>
    private async Task ShouldHaveEverythingAsync()
    {
        await _server!.KillAsync();
        await using var next = await MaruProcess.StartAsync(_folder);
        using var http = ApiCheck.Client(next.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        var history = await http.SendAsync($"GET /api/rooms/{_room}/messages?after=0").Read<MessagePage>();
        history.Items.Select(x => x.Text).ShouldBe(Enumerable.Range(1, _said).Select(i => $"message {i}"));
    }

    private static void Link(string from, string to) => link(from, to).ShouldBe(0);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
