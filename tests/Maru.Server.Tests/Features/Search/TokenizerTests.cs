using Maru.Server.Features.Search;

namespace Maru.Server.Tests.Features.Search;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("Harbour, HARBOUR!", "harbour")]
    [InlineData("Café CAFE\u0301", "cafe")]
    [InlineData("Straße", "strasse")]
    [InlineData("ｆｕｌｌ　ｗｉｄｔｈ", "full width")]
    [InlineData("ﾊﾟﾝ", "パ パン ン")]
    [InlineData("東京都", "京 京都 東 東京 都")]
    [InlineData("v2.1-rc", "1 rc v2")]
    [InlineData("ok👍ok", "ok 👍")]
    [InlineData("Ёлка", "елка")]
    [InlineData("İSTANBUL ısı", "isi istanbul")]
    [InlineData("don't", "don t")]
    [InlineData("𠮷野", "野 𠮷 𠮷野")]
    [InlineData("  ", "")]
    public void Texts_have_tokens(string text, string tokens) =>
        TokensOf(text).ShouldBe(tokens.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);

    [Fact]
    public void Korean_has_pairs_syllables_and_first_consonants_however_it_is_spelled()
    {
        string[] tokens = ["한", "국", "한국", "\uE000ㅎ", "\uE000ㄱ", "\uE000ㅎㄱ"];
        TokensOf("한국").ShouldBe(tokens, ignoreOrder: true);
        TokensOf("\u1112\u1161\u11ab\u1100\u116e\u11a8").ShouldBe(tokens, ignoreOrder: true);
    }

    [Theory]
    [InlineData("ＴＯＫＹＯ 東京", "tokyo", 0, 5)]
    [InlineData("a Cafe\u0301 b", "cafe", 2, 5)]
    [InlineData("\u1112\u1161\u11ab국", "한국", 0, 4)]
    [InlineData("두  칸\n사이", "두 칸 사이", 0, 7)]
    public void Places_are_those_of_the_typed_text(string text, string part, int start, int length)
    {
        var folded = FoldedText.Of(text);
        folded.Place(folded.Text.IndexOf(part, StringComparison.Ordinal), part.Length).ShouldBe((start, length));
    }

    [Theory]
    [InlineData("한국", "한국")]
    [InlineData("도시락", "도시 시락")]
    [InlineData("한", "한")]
    [InlineData("ㅎㄱ", "\uE000ㅎㄱ")]
    [InlineData("K팝", "k 팝")]
    public void A_query_asks_for_as_few_tokens_as_tell_it(string query, string tokens) =>
        SearchTerm.Of(query, isPhrase: false).Single().Tokens.ShouldBe(tokens.Split(' '), ignoreOrder: true);

    private static HashSet<string> TokensOf(string text)
    {
        HashSet<string> tokens = [];
        Tokenizer.Add(FoldedText.Of(text).Text, tokens);
        return tokens;
    }
}
