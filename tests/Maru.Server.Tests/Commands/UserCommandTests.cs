using Maru.Server.Features.Accounts;
using Maru.Server.Platform;
using Microsoft.AspNetCore.Authorization;

namespace Maru.Server.Tests.Commands;

/// <summary><c>maru user</c> makes admins, beside a server.</summary>
public sealed class UserCommandTests
{
    [Fact]
    public async Task A_role_counts_at_once_beside_a_running_server()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        (await RoleAsync(ann)).ShouldBe("user");
        (await MayAsync(server, ann)).ShouldBeFalse();

        var (code, lines) = await RunAsync(server, ann.Handle, "--role", "admin");
        code.ShouldBe(0, string.Join('\n', lines));
        lines.ShouldContain($"{ann.Handle} is an admin now.");
        lines.Count(line => line.Contains("role-change success", StringComparison.Ordinal)).ShouldBe(1);
        (await RoleAsync(ann)).ShouldBe("admin");
        (await MayAsync(server, ann)).ShouldBeTrue();
        (await RunAsync(server, ann.Handle, "--role=admin")).Lines.ShouldBe([$"{ann.Handle} is an admin already."]);

        (await MaruProcess.AnswerAsync(Arguments(server, ann.Handle, "--role=user"))).ShouldBe([$"{ann.Handle} is a user now."]);
        (await MayAsync(server, ann)).ShouldBeFalse("whatever the token says");
    }

    [Fact]
    public async Task A_role_in_a_request_is_ignored()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = server.Person(await server.Http.SendAsync(
            "POST /api/auth/signup", new { handle = "ann", name = "Ann", password = Person.Password, role = "admin" }).Read<SignedIn>(201));
        await ann.Http.SendAsync("PATCH /api/me", new { role = "admin" }).ShouldBe(200);
        (await RoleAsync(ann)).ShouldBe("user");
        (await MayAsync(server, ann)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("has no user nobody", "nobody", "--role=admin")]
    [InlineData("has no user Ann1", "Ann1", "--role=admin")]
    [InlineData("--role", "ann1")]
    [InlineData("root", "ann1", "--role=root")]
    [InlineData("HANDLE", "--role=admin")]
    [InlineData("There is no option --rol.", "ann1", "--role=admin", "--rol=admin")]
    public async Task What_the_operator_mistyped_ends_with_code_2(string what, params string[] arguments)
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var (code, lines) = await RunAsync(server, arguments);
        code.ShouldBe(2, string.Join('\n', lines));
        string.Join('\n', lines).ShouldContain(what);
        (await RoleAsync(ann)).ShouldBe("user");
    }

    [Fact]
    [Trait("Store", "sqlite")]
    public async Task Where_there_is_no_store_none_is_made()
    {
        using var folder = new Folder();
        var (code, lines) = await MaruProcess.RunAsync(
            "user", "ann", "--role=admin", $"--Maru:Database=Data Source={folder.Path}/maru.db", $"--Maru:Data={folder.Path}");
        code.ShouldBe(2);
        string.Concat(lines).ShouldContain("no store");
        Directory.GetFiles(folder, "maru.db*").ShouldBeEmpty();
    }

    private static async Task<string> RoleAsync(Person person) => (await person.Http.SendAsync("GET /api/me").Read<Profile>()).Role;

    /// <summary>Asks the policy of admins' endpoints.</summary>
    private static async Task<bool> MayAsync(MaruServer server, Person person)
    {
        var caller = new Caller(new() { UserId = new(person.Id), SessionId = 1, Role = "admin" });
        return (await server.Service<IAuthorizationService>().AuthorizeAsync(caller, null, Admins.Policy)).Succeeded;
    }

    private static Task<(int Code, IReadOnlyList<string> Lines)> RunAsync(MaruServer server, params string[] arguments) =>
        MaruProcess.RunAsync(Arguments(server, arguments));

    private static string[] Arguments(MaruServer server, params string[] arguments) =>
        ["user", .. arguments, $"--Maru:Database={server.Store}", $"--Maru:Data={server.Folder}"];
}
