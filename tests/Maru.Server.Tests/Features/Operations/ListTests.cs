using Maru.Engine.Problems;
using Maru.Server.Features.Operations;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Operations;

/// <summary>What admins see of users and rooms, and do with accounts.</summary>
public sealed class ListTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Users_are_listed_by_handle_page_by_page_also_the_deleted_ones()
    {
        var admin = await server.SignUpAdminAsync();
        var (first, second, gone) = (await server.SignUpAsync("zoe"), await server.SignUpAsync("zoe"), await server.SignUpAsync("zoe"));
        await server.SignInAsync(first.Handle);
        await gone.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        var page = await admin.Http.SendAsync("GET /api/admin/users?query=ZOE&limit=1").Read<AdminUserPage>();
        var next = await admin.Http.SendAsync($"GET /api/admin/users?query=zoe&limit=1&after={page.Next}").Read<AdminUserPage>();
        AdminUser[] users = [.. page.Items, .. next.Items];
        users.Select(user => user.Handle).ShouldBe(new[] { first.Handle, second.Handle }.Order(StringComparer.Ordinal));
        next.Next.ShouldBeNull();
        users.Single(user => user.Id == first.Id).Sessions.ShouldBe(2);
        users.ShouldAllBe(user => user.Role == "user" && user.DeletedAt == null && user.SeenAt != null);
        var deleted = await admin.Http.SendAsync($"GET /api/admin/users?query=deleted:{gone.Id}").Read<AdminUserPage>();
        deleted.Items.ShouldHaveSingleItem().DeletedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Users_and_rooms_are_found_by_the_number_that_the_log_has()
    {
        var (admin, ann) = (await server.SignUpAdminAsync(), await server.SignUpAsync());
        var room = await ann.MakeRoomAsync();
        var users = await admin.Http.SendAsync($"GET /api/admin/users?query=%23{ann.Id}").Read<AdminUserPage>();
        users.Items.ShouldHaveSingleItem().Handle.ShouldBe(ann.Handle);
        var rooms = await admin.Http.SendAsync($"GET /api/admin/rooms?query=%23{room.Id}").Read<AdminRoomPage>();
        rooms.Items.ShouldHaveSingleItem().Id.ShouldBe(room.Id);
        foreach (var number in (string[])["999999999", "", "-1", "one"])
        {
            (await admin.Http.SendAsync($"GET /api/admin/users?query=%23{number}").Read<AdminUserPage>()).Items.ShouldBeEmpty();
            (await admin.Http.SendAsync($"GET /api/admin/rooms?query=%23{number}").Read<AdminRoomPage>()).Items.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task All_sessions_of_a_user_end_at_once()
    {
        var (admin, ann) = (await server.SignUpAdminAsync(), await server.SignUpAsync());
        var phone = await server.SignInAsync(ann.Handle);
        await admin.Http.SendAsync($"DELETE /api/admin/users/{ann.Id}/sessions").ShouldBe(204);
        await ann.Http.SendAsync("GET /api/me").ShouldBe(401);
        await phone.Http.SendAsync("GET /api/me").ShouldBe(401);
        (await server.SignInAsync(ann.Handle)).Id.ShouldBe(ann.Id);
        await admin.Http.SendAsync("DELETE /api/admin/users/999999999/sessions").ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task A_role_counts_at_once_and_nobody_changes_their_own()
    {
        var (admin, ann) = (await server.SignUpAdminAsync(), await server.SignUpAsync());
        await ann.Http.SendAsync("GET /api/admin/users").ShouldRefuse(Problem.Forbidden);
        await admin.Http.SendAsync($"PUT /api/admin/users/{ann.Id}/role", new { role = "admin" }).ShouldBe(204);
        await ann.Http.SendAsync("GET /api/admin/users").ShouldBe(200);
        await ann.Http.SendAsync($"PUT /api/admin/users/{ann.Id}/role", new { role = "user" }).ShouldRefuse(Problem.Conflict);
        await admin.Http.SendAsync($"PUT /api/admin/users/{ann.Id}/role", new { role = "user" }).ShouldBe(204);
        await ann.Http.SendAsync("GET /api/admin/users").ShouldRefuse(Problem.Forbidden);
        (await admin.Http.SendAsync($"PUT /api/admin/users/{ann.Id}/role", new { role = "root" }).ShouldRefuseFields()).ShouldBe(["role"]);
        await admin.Http.SendAsync("PUT /api/admin/users/999999999/role", new { role = "user" }).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Of_two_admins_who_take_the_role_from_each_other_one_keeps_it()
    {
        Person[] admins = [await server.SignUpAdminAsync(), await server.SignUpAdminAsync()];
        for (var round = 0; round < 30; round++)
        {
            var answers = await Task.WhenAll(admins.Select(async (admin, i) =>
            {
                using var answer = await admin.Http.SendAsync($"PUT /api/admin/users/{admins[1 - i].Id}/role", new { role = "user" });
                return (int)answer.StatusCode;
            }));
            answers.Order().ToArray().ShouldBe([204, 403], $"round {round}");
            var winner = Array.IndexOf(answers, 204);
            await admins[winner].Http.SendAsync($"PUT /api/admin/users/{admins[1 - winner].Id}/role", new { role = "admin" }).ShouldBe(204);
        }
    }

    [Fact]
    public async Task Rooms_are_listed_without_what_is_said_in_them()
    {
        var (admin, ann) = (await server.SignUpAdminAsync(), await server.SignUpAsync());
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "nobody's business");
        var text = await admin.Http.SendAsync("GET /api/admin/rooms").ShouldBe(200);
        text.ShouldNotContain("business");
        var first = await admin.Http.SendAsync("GET /api/admin/rooms?limit=1").Read<AdminRoomPage>();
        var listed = first.Items.ShouldHaveSingleItem();
        (listed.Id, listed.Name, listed.Members).ShouldBe((room.Id, room.Name, 1));
        listed.Messages.ShouldBeGreaterThan(0);
        await ann.MakeRoomAsync();
        var more = await admin.Http.SendAsync("GET /api/admin/rooms?limit=1").Read<AdminRoomPage>();
        (await admin.Http.SendAsync($"GET /api/admin/rooms?limit=1&after={more.Next}").Read<AdminRoomPage>()).Items[0].Id.ShouldBe(room.Id);
        (await admin.Http.SendAsync("GET /api/admin/rooms?query=nothing-of-that-name").Read<AdminRoomPage>()).Items.ShouldBeEmpty();
    }
}
