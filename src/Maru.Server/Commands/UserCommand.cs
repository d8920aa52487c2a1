using System.CommandLine;
using Maru.Server.Configuration;
using Maru.Server.Platform.Security;
using Maru.Server.Storage;
using Spectre.Console;

namespace Maru.Server.Commands;

/// <summary>
/// <c>maru user</c>: makes a user an admin of the whole server, or one like all others, also while servers run on the store.
/// </summary>
internal static class UserCommand
{
    /// <param name="guard">turns exceptions into an exit code</param>
    /// <param name="build">makes the server whose store has the user</param>
    public static Command Create(Func<Func<Task>, Task<int>> guard, ServerBuilder build)
    {
        var handle = new Argument<string>("HANDLE") { Description = "The user's handle" };
        var role = new Option<string>("--role") { Description = "admin, for the whole server, or user", Required = true };
        role.AcceptOnlyFromAmong("admin", "user");
        // A setting would be taken for it.
        handle.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] }]) result.AddError("HANDLE comes first: maru user HANDLE --role admin");
        });
        var command = new Command(
            "user",
            "Give a user a role. It counts at once, on every node. The exit code is 0 if the user has the role now, and 2 if there is no "
            + "such user, no such store, or it cannot be used. Takes the settings of the server: the same environment, or "
            + "--Maru:Database=… here.")
        {
            handle, role,
        };
        command.TreatUnmatchedTokensAsErrors = false;   // settings: --Maru:Database=…
        command.SetAction((parsed, ct) => guard(() => RunAsync(
            build, parsed.GetRequiredValue(handle), parsed.GetRequiredValue(role), parsed.UnmatchedTokens, ct)));
        return command;
    }

    private static async Task RunAsync(
        ServerBuilder build, string handle, string role, IReadOnlyList<string> settings, CancellationToken ct)
    {
        ConfigurationArguments.Check("maru user", settings);
        await using var app = await build(
            [.. ConfigurationArguments.OfCommands, .. settings], services => services.AddSingleton<ExistingStore>());
        var database = app.Services.GetRequiredService<Database>();
        const string find = "SELECT id, role FROM users WHERE handle = @handle AND deleted_at IS NULL";
        var user = await database.FirstAsync<Row>(find, new { handle }, ct)
            ?? throw new StartException($"The store {database.Name} has no user {handle}.");
        var changed = await database.WriteAsync(
            (transaction, inner) => transaction.ExecuteAsync(
                "UPDATE users SET role = @role WHERE id = @Id AND role <> @role AND deleted_at IS NULL", new { user.Id, role }, inner),
            ct);
        if (changed > 0)
        {
            var change = new SecurityEvent(SecurityKind.RoleChange, SecurityOutcome.Success) { Subject = user.Id, Detail = role };
            app.Services.GetRequiredService<SecurityLog>().Write(change);
        }

        AnsiConsole.WriteLine($"{handle} is {(role == "admin" ? "an admin" : "a user")}{(changed > 0 ? " now" : " already")}.");
    }

    private sealed record Row(long Id, string Role);
}
