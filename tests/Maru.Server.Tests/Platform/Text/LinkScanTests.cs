using Maru.Server.Platform.Text;

namespace Maru.Server.Tests.Platform.Text;

/// <summary>Which words of a message are links.</summary>
public sealed class LinkScanTests
{
    [Theory]
    [InlineData("see https://example.com", "https://example.com/")]
    [InlineData("HTTPS://Example.COM/A?b=c#d", "https://example.com/A?b=c#d")]
    [InlineData("see http://example.com/a.", "http://example.com/a")]
    [InlineData("(https://example.com/a)", "https://example.com/a")]
    [InlineData("https://example.com/a_(b)", "https://example.com/a_(b)")]
    [InlineData("(https://example.com/a_(b)).", "https://example.com/a_(b)")]
    [InlineData("**https://example.com/a**", "https://example.com/a")]
    [InlineData("<https://example.com/a>", "https://example.com/a")]
    [InlineData("[here](https://example.com/a)", "https://example.com/a")]
    [InlineData("[here](https://example.com/a)more", "https://example.com/a")]
    [InlineData("[here](https://example.com/a \"title\")", "https://example.com/a")]
    [InlineData("[https://other.com](https://example.com/a)", "https://example.com/a")]
    [InlineData("[https://example.com/a]", "https://example.com/a")]
    [InlineData("https://example.com에서", "https://example.com/")]
    [InlineData("https://example.com/위키", "https://example.com/%EC%9C%84%ED%82%A4")]
    [InlineData("https://example.com/a。", "https://example.com/a")]
    [InlineData("`one` https://example.com/a `two`", "https://example.com/a")]
    [InlineData("a ` https://example.com/a", "https://example.com/a")]
    [InlineData("```\ncode\n```\nhttps://example.com/a", "https://example.com/a")]
    [InlineData("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a")]
    public void A_link_is_found(string text, string link) => LinkScan.Find(text).ShouldHaveSingleItem().AbsoluteUri.ShouldBe(link);

    [Theory]
    [InlineData("example.com")]
    [InlineData("https://")]
    [InlineData("https:// example.com")]
    [InlineData("ftp://example.com")]
    [InlineData("javascript:alert(1)//://")]
    [InlineData("xhttps://example.com")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://user@example.com/")]
    [InlineData("`https://example.com`")]
    [InlineData("``a ` https://example.com``")]
    [InlineData("```\nhttps://example.com\n```")]
    [InlineData("```\nhttps://example.com")]
    [InlineData("text\n~~~ js\nhttps://example.com\n```\n~~~")]
    [InlineData("   ````\n```\nhttps://example.com\n````")]
    public void What_is_no_link_or_stands_in_code_is_none(string text) => LinkScan.Find(text).ShouldBeEmpty();

    [Fact]
    public void The_first_three_pages_count_each_once() =>
        LinkScan.Find("https://a.com/ https://a.com/#x https://A.com https://b.com https://c.com https://d.com")
            .Select(x => x.Host).ShouldBe(["a.com", "b.com", "c.com"]);

    [Theory]
    [InlineData("`")]
    [InlineData("` ")]
    [InlineData("``` ")]
    [InlineData("```\n")]
    [InlineData("https://")]
    [InlineData("https://a(")]
    [InlineData("[https://a](")]
    [InlineData("https://user@a ")]
    public void A_text_of_one_thing_is_gone_over_once(string part)
    {
        var begun = TimeProvider.System.GetTimestamp();
        LinkScan.Find($"{string.Concat(Enumerable.Repeat(part, 200_000 / part.Length))} ://");
        LinkScan.Find(string.Concat(Enumerable.Range(1, 600).Select(x => $"{new string('`', x)} ")) + "://");
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_link_beyond_the_longest_is_none() => LinkScan.Find($"https://a.com/{new string('x', 3000)}").ShouldBeEmpty();
}
