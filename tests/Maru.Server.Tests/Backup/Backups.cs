using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;

namespace Maru.Server.Tests.Backup;

/// <summary>What an operator does with backups, as a test says it: programs of their own, beside the server or without one.</summary>
internal static class Backups
{
    /// <summary>Makes a backup of a server's store, which must succeed.</summary>
    public static async Task BackUpAsync(this MaruServer server, string to, params string[] settings)
    {
        var (code, lines) = await MaruProcess.RunAsync(["backup", to, .. server.Settings(), .. settings]);
        code.ShouldBe(0, string.Join('\n', lines));
    }

    /// <summary>Restores a backup into a folder, and starts a server there.</summary>
    public static async Task<MaruProcess> RestoreAsync(string backup, string folder, params string[] settings)
    {
        var (code, lines) = await TryRestoreAsync(backup, folder, settings);
        code.ShouldBe(0, string.Join('\n', lines));
        return await MaruProcess.StartAsync(folder, settings);
    }

    /// <summary>Restores a backup into a folder, and tells what the program says.</summary>
    public static async Task<(int Code, IReadOnlyList<string> Lines)> TryRestoreAsync(
        string backup, string folder, params string[] settings) =>
        await MaruProcess.RunAsync(["restore", backup, .. await MaruProcess.StoreAsync(folder), .. settings]);

    /// <summary>Returns the path of a file's content in a backup.</summary>
    public static string OriginalIn(string backup, SentFile file) =>
        Directory.GetFiles(Path.Combine(backup, "files", "files", $"{file.Id}"), "original.*").Single();

    public static string[] Settings(this MaruServer server) =>
        [$"--Maru:Data={server.Folder}", $"--Maru:Database={server.Store}", MaruServer.ConnectTimeout];

    public static HttpClient Client(this MaruProcess server, string? token = null)
    {
        var http = ApiCheck.Client(server.Address);
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }

    /// <summary>Signs somebody in whose account is in the backup.</summary>
    public static async Task<Person> SignInAsync(this MaruProcess server, string handle, string password = Person.Password)
    {
        using var http = server.Client();
        var tokens = await http.SendAsync("POST /api/auth/login", new { handle, password }).Read<SignedIn>();
        return new Person(tokens.User, tokens.AccessToken, tokens.RefreshToken ?? "", server.Client(tokens.AccessToken));
    }
}
