using System.Text;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Log;

public sealed class MentionScanTests
{
    [Theory]
    [InlineData("@ann", "0 ann")]
    [InlineData("hello @Ann and @ben_2!", "6 ann, 15 ben_2")]
    [InlineData("@ann님 안녕 @ben.", "0 ann, 9 ben.")]
    [InlineData("안녕@ann", "2 ann")]
    [InlineData("🎉 @ann", "3 ann")]
    [InlineData("ann@example.org a.@ann", "18 ann")]
    [InlineData("@@ann (@ben)", "1 ann, 7 ben")]
    [InlineData("@al @", "")]
    [InlineData("@all, all@once", "0 all")]
    [InlineData("@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "")]
    [InlineData("@abcdefghijklmnopqrstuvwxyz123456...", "0 abcdefghijklmnopqrstuvwxyz123456")]
    [InlineData("@ann.............................................", "0 ann.............................")]
    [InlineData("", "")]
    public void Words_that_look_like_mentions_are_found_with_their_place(string text, string expected)
    {
        var found = MentionScan.Find(Encoding.UTF8.GetBytes(text));
        string.Join(", ", found.Select(x => $"{x.Start} {x.Handle}")).ShouldBe(expected);
        foreach (var word in found)
            text.Substring(word.Start + 1, word.Handle.Length).ShouldBe(word.Handle, StringCompareShould.IgnoreCase);
    }

    [Fact]
    public void The_end_of_a_sentence_is_not_part_of_a_handle_unless_somebody_has_it() =>
        new MentionWord(0, "ann.-").Candidates().ShouldBe(["ann.-", "ann.", "ann"]);

    [Fact]
    public void Many_dots_do_not_make_many_handles() =>
        new MentionWord(0, "ann........").Candidates().ShouldBe(["ann........", "ann.......", "ann......", "ann.....", "ann"]);

    [Fact]
    public void A_text_has_fifty_mentions_at_most() =>
        MentionScan.Find(Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Repeat("@ann", 60)))).Count.ShouldBe(50);
}
