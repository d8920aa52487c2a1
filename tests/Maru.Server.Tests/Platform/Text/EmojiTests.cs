using Maru.Server.Platform.Text;

namespace Maru.Server.Tests.Platform.Text;

/// <summary>emoji.txt has every emoji that Unicode recommends, in the spelling of the standard; scripts/unicode.mjs wrote it.</summary>
public sealed class EmojiTests
{
    private const string Style = "\uFE0F";

    [Fact]
    public void Each_recommended_emoji_is_one_and_keeps_its_spelling()
    {
        var all = Recommended().ToArray();
        all.Length.ShouldBeGreaterThan(3900);
        all.Where(emoji => Emoji.Normalize(emoji) != emoji).ShouldBeEmpty();
    }

    [Fact]
    public void Each_is_known_without_its_variation_selectors() =>
        Recommended().Where(emoji => Emoji.Normalize(emoji.Replace(Style, "", StringComparison.Ordinal)) != emoji).ShouldBeEmpty();

    [Theory]
    [InlineData("❤\uFE0E", "❤\uFE0F")]                          // asked for as text
    [InlineData("👍\uFE0F", "👍")]                              // a selector too many
    [InlineData("☝\uFE0F🏽", "☝🏽")]                            // a skin tone makes an emoji of it
    [InlineData("👍🏽\uFE0F", "👍🏽")]
    [InlineData("🏳\u200D🌈", "🏳\uFE0F\u200D🌈")]
    [InlineData("👩\uFE0F\u200D❤\u200D👩", "👩\u200D❤\uFE0F\u200D👩")]
    [InlineData("1\u20E3", "1\uFE0F\u20E3")]
    [InlineData("🐈\u200D🐕", "🐈\u200D🐕")]                    // no font has it
    public void Other_spellings_become_the_one_of_the_standard(string text, string emoji) => Emoji.Normalize(text).ShouldBe(emoji);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("hello")]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData("#")]
    [InlineData("1\uFE0F")]
    [InlineData(":)")]
    [InlineData("한")]
    [InlineData("é")]
    [InlineData("a\u20E3")]
    [InlineData("👍👍")]
    [InlineData("👍 ")]
    [InlineData("👍a")]
    [InlineData("👍\0")]
    [InlineData("👍🏽🏽")]
    [InlineData("💩🏽")]                                        // has no skin
    [InlineData("👍\u20E3")]
    [InlineData("👍\uFE0F\uFE0F")]
    [InlineData("👍\u200D")]
    [InlineData("\u200D👍")]
    [InlineData("👍\u200D\u200D👍")]
    [InlineData("\u200D")]
    [InlineData("\uFE0F")]
    [InlineData("🇰")]
    [InlineData("🇰🇷🇰")]
    [InlineData("🇰🇷🇰🇷")]
    [InlineData("🏴\U000E0067\U000E0062")]                       // no end
    [InlineData("🏴\U000E0067\U000E0062\U000E007F")]             // too short for a region
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E0067\U000E0067\U000E007F")]
    [InlineData("👍\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("👨\u200D👩\u200D👧\u200D👦\u200D👨\u200D👩\u200D👧\u200D👦\u200D👨\u200D👩")]  // 67 bytes
    [InlineData("\uFFFD")]
    public void Text_and_more_than_one_emoji_are_none(string? text) => Emoji.Normalize(text).ShouldBeNull();

    [Fact]
    public void Half_a_character_is_none()
    {
        Emoji.Normalize("👍"[..1]).ShouldBeNull();
        Emoji.Normalize("👍"[1..]).ShouldBeNull();
        Emoji.Normalize(string.Concat(Enumerable.Repeat("👍", 1000))).ShouldBeNull();
    }

    private static IEnumerable<string> Recommended()
    {
        const string resource = "Maru.Server.Tests.Platform.Text.emoji.txt";
        using var reader = new StreamReader(typeof(EmojiTests).Assembly.GetManifestResourceStream(resource)!);
        List<string> all = [];
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith("# ", StringComparison.Ordinal)) all.AddRange(line.Split(' '));
        }

        return all;
    }
}
