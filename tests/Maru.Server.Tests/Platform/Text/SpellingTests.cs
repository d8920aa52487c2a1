using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.AspNetCore.Identity;

namespace Maru.Server.Tests.Platform.Text;

/// <summary>The same text from two keyboards, one of which composes its letters and one of which does not.</summary>
public sealed class SpellingTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Composed = "My Caf\u00E9 \uD55C\uAE00";
    private const string Decomposed = "My Cafe\u0301 \u1112\u1161\u11AB\u1100\u1173\u11AF";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_is_kept_and_found_in_one_spelling()
    {
        var body = new { handle = "ann-one", name = $" {Decomposed}\u3000\uFF21", password = Person.Password };
        var ann = (await server.Http.SendAsync("POST /api/auth/signup", body).Read<SignedIn>(201)).User;
        ann.Name.ShouldBe($"{Composed} A");
        var ben = await server.SignUpAsync("ben");
        foreach (var query in (string[])[Composed, Decomposed, $"{Decomposed.ToUpperInvariant()} \uFF41"])
            (await ben.Http.SendAsync($"GET /api/users?q={Uri.EscapeDataString(query)}").Read<UserPage>()).Items.ShouldBe([ann]);
        (await ben.Http.SendAsync("GET /api/users?q=%EF%BC%A1nn-o").Read<UserPage>()).Items.ShouldBe([ann]);
        (await ben.Http.SendAsync("GET /api/users?q=a%00").Read<UserPage>()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rooms_name_is_kept_and_found_in_one_spelling_and_pages_go_on_after_it()
    {
        var ann = await server.SignUpAsync();
        string[] names = [$"{Decomposed} one", $"{Composed} \uFF4Fther"];
        Room[] rooms = [await ann.MakeRoomAsync(names[0], "public"), await ann.MakeRoomAsync(names[1], "public")];
        rooms.Select(room => room.Name).ShouldBe([$"{Composed} one", $"{Composed} other"]);
        var path = $"GET /api/rooms?sort=name&limit=1&q={Uri.EscapeDataString(Decomposed[^6..] + " O")}";
        var first = await ann.Http.SendAsync(path).Read<RoomPage>();
        var second = await ann.Http.SendAsync($"{path}&after={first.Next}").Read<RoomPage>();
        first.Items.Concat(second.Items).Select(room => room.Id).ShouldBe(rooms.Select(room => room.Id));

        var mixed = ann.Http.SendAsync("POST /api/rooms", new { name = "\u0410nn", visibility = "public" });
        (await mixed.ShouldRefuseFields()).ShouldBe(["name"]);
        var hidden = ann.Http.SendAsync($"PATCH /api/rooms/{rooms[0].Id}", new { name = "\u3164", description = "a\u202Eb" });
        (await hidden.ShouldRefuseFields()).ShouldBe(["name", "description"]);
    }

    [Fact]
    public async Task A_password_is_the_same_in_every_spelling()
    {
        var body = new { handle = "ann-two", name = "Ann", password = Decomposed };
        await server.Http.SendAsync("POST /api/auth/signup", body).ShouldBe(201);
        await server.SignInAsync(body.handle, Composed);
        await server.SignInAsync("\uFF21nn-Two", Composed.Replace(' ', '\u00A0'));
        var lower = new { body.handle, password = Composed.ToLowerInvariant() };
        await server.Http.SendAsync("POST /api/auth/login", lower).ShouldRefuse(Problem.WrongCredentials);

        var ann = await server.SignInAsync(body.handle, Decomposed);
        var short7 = new { oldPassword = Composed, newPassword = "1234567\u0301" };
        await ann.Http.SendAsync("POST /api/me/password", short7).ShouldRefuse(Problem.Invalid);
        await ann.Http.SendAsync("POST /api/me/password", new { oldPassword = Composed, newPassword = Decomposed + "!" }).ShouldBe(204);
        await server.SignInAsync(body.handle, Composed + "!");
    }

    [Fact]
    public async Task A_password_that_was_hashed_as_typed_is_good_and_is_hashed_anew()
    {
        var ann = await server.SignUpAsync();
        var old = new PasswordHasher<object>().HashPassword(new object(), Decomposed);
        const string update = "UPDATE users SET password_hash = @old WHERE id = @Id";
        await server.Service<Database>().WriteAsync((transaction, ct) => transaction.ExecuteAsync(update, new { old, ann.Id }, ct), Ct);
        await server.Http.SendAsync("POST /api/auth/login", new { ann.Handle, password = Composed }).ShouldRefuse(Problem.WrongCredentials);
        await server.SignInAsync(ann.Handle, Decomposed);
        await server.SignInAsync(ann.Handle, Composed);
    }

    [Fact]
    public async Task A_rooms_password_is_the_same_in_every_spelling()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", Decomposed);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = Composed }).ShouldBe(204);
    }

    [Fact]
    public async Task A_message_stays_as_it_was_typed()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        (await ann.SayAsync(room, $"\u200F{Decomposed}\u200B\n")).Text.ShouldBe($"\u200F{Decomposed}\u200B\n");
        var messages = $"/api/rooms/{room.Id}/messages";
        (await ann.Http.SendAsync($"PATCH {messages}/1", new { text = "\u3164" }).ShouldRefuseFields()).ShouldBe(["text"]);
        var refused = await ann.Http.SendAsync($"POST {messages}", new { text = "a\u0000" }).ShouldRefuse(Problem.Invalid);
        refused.GetProperty("errors").GetProperty("text")[0].GetString().ShouldBe("text must not contain the character U+0000.");
    }

    [Fact]
    public async Task What_an_older_version_stored_is_found_by_its_new_spelling()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("old", "public");
        var (composed, decomposed) = ($"Old {Composed[3..]}", $"Old {Decomposed[3..]}");
        var (name, key, email) = (decomposed, decomposed.ToLowerInvariant(), "jose\u0301@example.org");
        var old = new { name, key, email, ann = ann.Id, ben = ben.Id, room = room.Id };
        await server.Service<Database>().WriteAsync(
            async (transaction, ct) =>
            {
                await transaction.ExecuteAsync("UPDATE users SET name = @name, name_key = @key, email = @email WHERE id = @ann", old, ct);
                await transaction.ExecuteAsync("UPDATE rooms SET name = @name, name_key = @key WHERE id = @room", old, ct);
                await transaction.ExecuteAsync("UPDATE users SET name = '\u200B', name_key = '\u200B' WHERE id = @ben", old, ct);
                await StoredNames.NormalizeAsync(transaction, ct);
                await StoredNames.NormalizeAsync(transaction, ct);
            },
            Ct);
        var query = Uri.EscapeDataString(composed);
        var (users, rooms) = (ben.Http.SendAsync($"GET /api/users?q={query}"), ben.Http.SendAsync($"GET /api/rooms?q={query}"));
        (await users.Read<UserPage>()).Items.ShouldHaveSingleItem().Name.ShouldBe(composed);
        (await rooms.Read<RoomPage>()).Items.ShouldHaveSingleItem().Name.ShouldBe(composed);
        (await server.SignInAsync("jos\u00E9@example.org")).Id.ShouldBe(ann.Id);
        // A name that is refused today stays until its owner changes it.
        (await ben.Http.SendAsync("GET /api/me").Read<Profile>()).Name.ShouldBe("\u200B");
    }
}
