using System.Text;
using Maru.Server.Features.LinkPreviews.Fetching;

namespace Maru.Server.Tests.Features.LinkPreviews.Fetching;

/// <summary>What is read of a page, whatever it is made of.</summary>
public sealed class PageHeadTests
{
    private static readonly Uri At = new("https://example.com/news/1");

    [Fact]
    public void A_page_says_its_title_description_site_and_picture()
    {
        var page = PageHead.Read(
            """
            <!DOCTYPE html><html><head><!-- <title>no</title> --><TITLE>Plain &amp; simple</TITLE>
            <meta property="og:title" content='A &quot;great&quot; day'><meta content="Ships &#x26; tides" property=og:description />
            <meta property="og:site_name" content="Harbour"><meta property="og:image" content="/a.png?x=1&amp;y=2"></head>
            """,
            At);
        page.ShouldBe(new FetchedPage("A \"great\" day", "Ships & tides", "Harbour", new Uri("https://example.com/a.png?x=1&y=2")));
    }

    [Fact]
    public void Without_these_its_title_and_description_do()
    {
        PageHead.Read("<title> Plain\n  title </title><meta name=description content=short>", At)
            .ShouldBe(new FetchedPage("Plain title", "short", null, null));
        PageHead.Read("<meta name=twitter:title content=T><title>x</title>", At)!.Title.ShouldBe("T");
        PageHead.Read("<meta property=og:title content=' '><title>real</title>", At)!.Title.ShouldBe("real");
        PageHead.Read("<meta name=description content=short>", At).ShouldBeNull();
    }

    [Theory]
    [InlineData("<script>var a = '<title>no</title>'</script><title>yes</title>", "yes")]
    [InlineData("<style><title>no</title></style><title>yes</title>", "yes")]
    [InlineData("<noscript><title>no</title></noscript><title>yes</title>", "yes")]
    [InlineData("<title>yes</title></head><body><svg><title>no</title></svg>", "yes")]
    [InlineData("<title>yes</title><body><meta property=og:title content=no>", "yes")]
    [InlineData("<title>one</title><title>two</title>", "one")]
    [InlineData("<meta a='>' b=\"<title>\" property=og:title content=yes>", "yes")]
    [InlineData("<title><script>alert(1)</script></title>", "<script>alert(1)</script>")]
    [InlineData("<title>&lt;img src=x onerror=alert(1)&gt;</title>", "<img src=x onerror=alert(1)>")]
    [InlineData("<titlex>no</titlex><title>yes", "yes")]
    [InlineData("<?xml version='1.0'?><title>yes</title>", "yes")]
    public void Only_the_heads_own_title_counts_and_it_is_text(string html, string title) => PageHead.Read(html, At)!.Title.ShouldBe(title);

    [Theory]
    [InlineData("")]
    [InlineData("<")]
    [InlineData("<!--")]
    [InlineData("<!-->")]
    [InlineData("<meta")]
    [InlineData("<meta property")]
    [InlineData("<meta property=")]
    [InlineData("<meta property='og:title")]
    [InlineData("<title")]
    [InlineData("<title>")]
    [InlineData("</")]
    [InlineData("<script>")]
    [InlineData("<meta = = = / / />")]
    public void A_page_that_breaks_off_says_nothing(string html) => PageHead.Read(html, At).ShouldBeNull();

    [Theory]
    [InlineData("<")]
    [InlineData("<!--")]
    [InlineData("<meta ")]
    [InlineData("<meta a=\"")]
    [InlineData("<title>")]
    [InlineData("<script>")]
    [InlineData("<!")]
    [InlineData("</a>")]
    [InlineData("<a b c d=e ")]
    public void A_heap_of_one_thing_is_gone_over_once(string part)
    {
        var begun = TimeProvider.System.GetTimestamp();
        PageHead.Read(string.Concat(Enumerable.Repeat(part, 512 * 1024 / part.Length)), At);
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(2));     // each twice would be minutes
    }

    [Fact]
    public void Texts_have_no_controls_no_marks_of_direction_and_a_length()
    {
        PlainText.Title.Of("a\u202Eb\u0000c\u2066d\u200Be\uFEFFf\u007Fg\uE000h\uD800i").ShouldBe("abcdefghi");
        PlainText.Title.Of("\t a \r\n\u00A0\u3000 b \n").ShouldBe("a b");
        PlainText.Title.Of("👨‍👩‍👧 한국어 نمی‌خواهم").ShouldBe("👨‍👩‍👧 한국어 نمی‌خواهم");
        PlainText.Title.Of(new string('x', 100_000)).ShouldBe(new string('x', 200));
        PlainText.Description.Of(string.Concat(Enumerable.Repeat("👍", 1000))).ShouldBe(string.Concat(Enumerable.Repeat("👍", 500)));
        Encoding.UTF8.GetByteCount(PlainText.Title.Of("a" + new string('\u0301', 100_000))).ShouldBeLessThanOrEqualTo(1600);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://")]
    public void A_picture_is_at_an_address_of_the_web(string picture) =>
        PageHead.Read($"<title>t</title><meta property=og:image content='{picture}'>", At)!.Picture.ShouldBeNull();

    [Fact]
    public void A_page_is_read_in_the_encoding_that_it_says()
    {
        const string Title = "<title>한국어</title>";
        var korean = CodePagesEncodingProvider.Instance.GetEncoding(949)!.GetBytes(Title);
        PageText.Decode(korean, "EUC-KR").ShouldBe(Title);
        PageText.Decode(korean, "\"ks_c_5601-1987\"").ShouldBe(Title);
        byte[] declared = [.. "<meta charset='euc-kr'>"u8, .. korean];
        PageText.Decode(declared, null).ShouldEndWith(Title);
        PageText.Decode(declared, "no-such-thing").ShouldEndWith(Title);
        PageText.Decode(Encoding.UTF8.GetBytes(Title), null).ShouldBe(Title);
        PageText.Decode(Encoding.UTF8.GetBytes($"<meta charset=utf-16>{Title}"), null).ShouldEndWith(Title);
        PageText.Decode(Encoding.UTF8.GetBytes($"<meta charset=utf-7>{Title}"), null).ShouldEndWith(Title);
        PageText.Decode(Encoding.UTF8.GetBytes(Title), new string('x', 10_000)).ShouldBe(Title);
        byte[] marked = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Title)];
        PageText.Decode(marked, "utf-8").ShouldBe(Title);
        var japanese = CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes("<title>日本</title>");
        PageText.Decode(japanese, "shift_jis").ShouldBe("<title>日本</title>");
        PageText.Decode(new byte[] { 0xC3, 0x28, 0xFF }, "utf-8").ShouldNotBeEmpty();
    }
}
