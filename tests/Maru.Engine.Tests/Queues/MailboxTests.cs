using Maru.Engine.Queues;

namespace Maru.Engine.Tests.Queues;

public sealed class MailboxTests
{
    [Fact]
    public async Task What_many_post_one_takes_and_each_one_s_in_order()
    {
        const int Posters = 4, Items = 5000;
        var mailbox = new Mailbox<(int Poster, int Item)>();
        var taking = Task.Run(() => TakeAll(mailbox));
        await Task.WhenAll(Enumerable.Range(0, Posters).Select(poster => Task.Run(() =>
        {
            for (var item = 0; item < Items; item++) mailbox.Post((poster, item)).ShouldBeTrue();
        }))).Within("the posts");
        mailbox.Complete();
        var taken = await taking.Within("the end");
        taken.Count.ShouldBe(Posters * Items);
        foreach (var one in taken.GroupBy(x => x.Poster)) one.Select(x => x.Item).ShouldBe(Enumerable.Range(0, Items));
    }

    [Fact]
    public void What_was_posted_before_the_end_is_taken_and_nothing_after_it()
    {
        var mailbox = new Mailbox<int>();
        mailbox.Post(1).ShouldBeTrue();
        mailbox.Complete();
        mailbox.Post(2).ShouldBeFalse();
        TakeAll(mailbox).ShouldBe([1]);
    }

    [Fact]
    public async Task The_end_wakes_who_waits_for_more()
    {
        var mailbox = new Mailbox<int>();
        var taking = Task.Run(() => TakeAll(mailbox));
        mailbox.Complete();
        (await taking.Within("the end")).ShouldBeEmpty();
    }

    private static List<T> TakeAll<T>(Mailbox<T> mailbox)
    {
        List<T> all = [], round = [];
        while (mailbox.Take(ref round))
        {
            all.AddRange(round);
            round.Clear();
        }

        return all;
    }
}
