using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Contacts;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Contacts;

/// <summary>People who ask each other to be contacts.</summary>
public sealed class ContactTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task One_asks_the_other_accepts_and_both_hear_of_it()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        var asked = await ann.Http.SendAsync("POST /api/contacts", new { handle = ben.Handle.ToUpperInvariant() }).Read<Contact>(201);
        asked.ShouldBe(new Contact(ben.User, "outgoing"));
        (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} outgoing"]);
        (await ben.KnowsAsync()).ShouldBe([$"{ann.Id} incoming"]);
        (await hers.ContactEventAsync(), await his.ContactEventAsync()).ShouldBe(($"{ben.Id} outgoing", $"{ann.Id} incoming"));

        (await ann.AskAsync(ben).Read<Contact>()).State.ShouldBe("outgoing");       // not twice
        (await ben.AskAsync(ann).Read<Contact>()).ShouldBe(new Contact(ann.User, "accepted"));
        (await ben.AskAsync(ann).Read<Contact>()).State.ShouldBe("accepted");
        (await hers.ContactEventAsync(), await his.ContactEventAsync()).ShouldBe(($"{ben.Id} accepted", $"{ann.Id} accepted"));
        (await ann.KnowsAsync("state=accepted")).ShouldBe([$"{ben.Id} accepted"]);
        (await ann.KnowsAsync("state=outgoing")).ShouldBeEmpty();

        await ann.ForgetAsync(ben);
        await ann.ForgetAsync(ben);
        (await hers.ContactEventAsync(), await his.ContactEventAsync()).ShouldBe(($"{ben.Id} gone", $"{ann.Id} gone"));
        (await ann.KnowsAsync()).ShouldBeEmpty();
        (await ben.KnowsAsync()).ShouldBeEmpty();
        await hers.SyncAsync();
        await his.SyncAsync();
        hers.ShouldHearNothingOf("contact.changed");
        his.ShouldHearNothingOf("contact.changed");
    }

    [Fact]
    public async Task Not_oneself_not_nobody_and_one_way_of_naming_them()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        (await ann.AskAsync(ann).ShouldRefuseFields()).ShouldBe(["userId"]);
        (await ann.Http.SendAsync("POST /api/contacts", new { handle = ann.Handle }).ShouldRefuseFields()).ShouldBe(["handle"]);
        (await ann.Http.SendAsync("POST /api/contacts", new { }).ShouldRefuseFields()).ShouldBe(["userId"]);
        (await ann.Http.SendAsync("POST /api/contacts", new { userId = ben.Id, handle = ben.Handle }).ShouldRefuseFields())
            .ShouldBe(["userId"]);
        await ann.Http.SendAsync("POST /api/contacts", new { userId = 987654321 }).ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync("POST /api/contacts", new { handle = ben.Handle[..^1] }).ShouldRefuse(Problem.NotFound);
        (await ann.Http.SendAsync("GET /api/contacts?state=known").ShouldRefuseFields()).ShouldBe(["state"]);
        await server.Http.SendAsync("GET /api/contacts").ShouldBe(401);
        await ben.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        await ann.AskAsync(ben).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task Two_who_ask_each_other_at_once_become_contacts()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(ann.AskAsync(ben), ben.AskAsync(ann));
            answers.Select(x => (int)x.StatusCode).Order().ShouldBe([200, 201]);
            (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} accepted"]);
            (await ben.KnowsAsync()).ShouldBe([$"{ann.Id} accepted"]);
            await (round % 2 == 0 ? ann : ben).ForgetAsync(round % 2 == 0 ? ben : ann);
        }
    }

    [Fact]
    public async Task By_an_email_address_are_found_only_those_who_let_it()
    {
        var ann = await server.SignUpAsync("ann");
        var email = $"ben-{ann.Id}@example.org";
        var account = new { handle = $"ben-{ann.Id}", name = "Ben", password = Person.Password, email };
        var ben = server.Person(await server.Http.SendAsync("POST /api/auth/signup", account).Read<SignedIn>(201));
        (await ben.Http.SendAsync("GET /api/me").Read<Profile>()).FindByEmail.ShouldBeFalse();
        var hidden = await ann.Http.SendAsync("POST /api/contacts", new { email }).ShouldRefuse(Problem.NotFound);
        var nobody = await ann.Http.SendAsync("POST /api/contacts", new { email = "nobody@example.org" }).ShouldRefuse(Problem.NotFound);
        hidden.Text().ShouldBe(nobody.Text());
        (await ben.KnowsAsync()).ShouldBeEmpty();

        await ben.SetAsync(new { findByEmail = true });
        var asked = await ann.Http.SendAsync("POST /api/contacts", new { email = email.ToUpperInvariant() }).Read<Contact>(201);
        asked.User.ShouldBe(ben.User);
        await ben.SetAsync(new { findByEmail = false });
        await ann.ForgetAsync(ben);
        await ann.Http.SendAsync("POST /api/contacts", new { email }).ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task A_request_that_was_declined_is_gone_for_both_and_cannot_be_made_again_at_once()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Contacts:AskAgainAfter=01:00:00");
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        await using var hers = await ann.ListenAsync();
        await ann.AskAsync(ben).ShouldBe(201);
        (await hers.ContactEventAsync()).ShouldBe($"{ben.Id} outgoing");
        await ben.ForgetAsync(ann);
        (await hers.ContactEventAsync()).ShouldBe($"{ben.Id} gone");
        (await ann.KnowsAsync()).ShouldBeEmpty();
        await ann.AskAsync(ben).ShouldRefuse(Problem.AskedRecently);
        (await ben.KnowsAsync()).ShouldBeEmpty();

        // Whoever declined may ask, and who takes a request back may ask again.
        await ben.AskAsync(ann).ShouldBe(201);
        await ben.ForgetAsync(ann);
        await ben.AskAsync(ann).ShouldBe(201);
        await ann.AskAsync(ben).ShouldBe(200);

        await own.RestartAsync("--Maru:Contacts:AskAgainAfter=00:00:00");
        (ann, ben) = (await own.SignInAsync(ann.Handle), await own.SignInAsync(ben.Handle));
        await ann.ForgetAsync(ben);
        await ann.AskAsync(ben).ShouldBe(201);
        await ben.ForgetAsync(ann);
        await ann.AskAsync(ben).ShouldBe(201);

        // What is over is not kept.
        var cat = await own.SignUpAsync("cat");
        await cat.AskAsync(ben).ShouldBe(201);
        await ben.ForgetAsync(cat);
        (await own.Service<Database>().ListAsync<long>(
            "SELECT other_id FROM declined_contacts WHERE user_id = @Id", new { ben.Id }, TestContext.Current.CancellationToken))
            .ShouldBe([cat.Id]);
    }

    [Fact]
    public async Task A_contact_has_a_nickname_that_only_its_person_sees()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var address = $"PATCH /api/contacts/{ben.Id}";
        await ann.Http.SendAsync(address, new { nickname = "Benny" }).ShouldRefuse(Problem.NotFound);
        await ann.AskAsync(ben).ShouldBe(201);
        await ann.Http.SendAsync(address, new { nickname = "Benny" }).ShouldRefuse(Problem.NotFound);
        await ben.AskAsync(ann).ShouldBe(200);
        (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} accepted"]);
        await using var hers = await ann.ListenAsync();
        (await ann.Http.SendAsync(address, new { nickname = "  Benny " }).Read<Contact>()).Nickname.ShouldBe("Benny");
        (await hers.EventAsync("contact.changed")).Json.GetProperty("nickname").GetString().ShouldBe("Benny");
        (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} accepted Benny"]);
        (await ben.KnowsAsync()).ShouldBe([$"{ann.Id} accepted"]);
        (await ann.Http.SendAsync(address, new { nickname = new string('x', 81) }).ShouldRefuseFields()).ShouldBe(["nickname"]);
        (await ann.Http.SendAsync(address, new { nickname = default(string) }).Read<Contact>()).Nickname.ShouldBeNull();
        (await ann.KnowsAsync()).ShouldBe([$"{ben.Id} accepted"]);
    }

    [Fact]
    public async Task Contacts_and_requests_are_bounded_and_so_is_asking()
    {
        await using var own = await MaruServer.StartAsync(
            "--Maru:Contacts:PerUser=1", "--Maru:Contacts:RequestsPerUser=2", "--Maru:Contacts:RequestsToUser=2");
        var people = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => own.SignUpAsync("pat")));
        await people[0].AskAsync(people[1]).ShouldBe(201);
        await people[0].AskAsync(people[2]).ShouldBe(201);
        await people[0].AskAsync(people[3]).ShouldRefuse(Problem.TooManyRequests);
        await people[1].AskAsync(people[0]).ShouldBe(200);
        await people[2].AskAsync(people[0]).ShouldRefuse(Problem.TooManyContacts);
        await people[4].AskAsync(people[1]).ShouldBe(201);
        await people[1].AskAsync(people[4]).ShouldRefuse(Problem.TooManyContacts);
        await people[4].ForgetAsync(people[1]);
        await people[0].ForgetAsync(people[1]);
        await people[2].AskAsync(people[0]).ShouldBe(200);
        await people[1].AskAsync(people[4]).ShouldBe(201);
        await people[2].AskAsync(people[4]).ShouldBe(201);
        await people[3].AskAsync(people[4]).ShouldRefuse(Problem.TooManyRequests);

        await own.RestartAsync("--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:ContactRequestsPerHour=2");
        var eve = await own.SignInAsync(people[3].Handle);
        await eve.Http.SendAsync("POST /api/contacts", new { email = "a@example.org" }).ShouldBe(404);
        await eve.Http.SendAsync("POST /api/contacts", new { email = "b@example.org" }).ShouldBe(404);
        await eve.Http.SendAsync("POST /api/contacts", new { email = "c@example.org" }).ShouldRefuse(Problem.RateLimited);
    }

    [Fact]
    public async Task Contacts_come_page_by_page_and_go_with_the_account()
    {
        var ann = await server.SignUpAsync("ann");
        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.SignUpAsync("ben")));
        foreach (var other in others) await other.AskAsync(ann).ShouldBe(201);
        List<long> seen = [];
        for (var query = "state=incoming&limit=2"; ;)
        {
            var page = await ann.Http.SendAsync($"GET /api/contacts?{query}").Read<ContactPage>();
            seen.AddRange(page.Items.Select(x => x.User.Id));
            if (page.Next is null) break;
            query = $"state=incoming&limit=2&after={page.Next}";
        }

        seen.ShouldBe(others.Select(x => x.Id).Order());
        await others[0].Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        (await ann.KnowsAsync()).Length.ShouldBe(4);
    }
}
