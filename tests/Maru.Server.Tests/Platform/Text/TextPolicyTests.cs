using Maru.Engine.Log;
using Maru.Server.Platform.Text;

namespace Maru.Server.Tests.Platform.Text;

/// <summary>The policy as a table: the kind of text, what is typed, and what is kept; null where it is refused.</summary>
public sealed class TextPolicyTests
{
    private const string Family = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466";     // 25 bytes, one character
    private const string Wales = "\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F";

    public static TheoryData<string, string?, string?> Table => new()
    {
        // names: one spelling
        { "name", "Ann", "Ann" },
        { "name", "  Ann \t\n Smith\u3000", "Ann Smith" },
        { "name", "Ann\u00A0\u2003Smith", "Ann Smith" },
        { "name", "Jose\u0301", "Jos\u00E9" },
        { "name", "\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00" },             // Hangul, letter by letter
        { "name", "\uFF21\uFF4E\uFF4E", "Ann" },                                        // fullwidth
        { "name", "\uFF8A\uFF9F\uFF9D", "\u30D1\u30F3" },                               // halfwidth Katakana
        { "name", "\U0001D400\U0001D427\U0001D427", "Ann" },                            // mathematical
        { "name", "\uFB01n \u2460", "fin 1" },
        { "name", "\u1E9B\u0323", "\u1E69" },                                           // two marks, in the other order
        { "name", "\u314B\u314B\u314B", "\u314B\u314B\u314B" },                         // single letters of Hangul stay what they are
        { "name", "Maru\u2122", "Maru\u2122" },                                         // so do emoji

        // names: something must be visible, nothing may hide
        { "name", null, null },
        { "name", "", null },
        { "name", " \u3000\u00A0\u2003", null },
        { "name", "\u200B", null },
        { "name", "\u2060", null },
        { "name", "\u3164", null },                                                     // Hangul filler
        { "name", "\uFFA0", null },
        { "name", "\u115F\u1160", null },
        { "name", "\u00AD", null },
        { "name", "\U000E0020\U000E0041", null },                                       // tags
        { "name", "\u2800", null },                                                     // Braille without a dot
        { "name", "\uFEFF", null },
        { "name", "\uFE0F", null },
        { "name", "\u0301", null },                                                     // a mark upon nothing
        { "name", "An\u200Bn", null },
        { "name", "An\u00ADn", null },
        { "name", "Ann\u202Egnp.exe", null },
        { "name", "\u200FAnn", null },
        { "name", "\u2066Ann\u2069", null },
        { "name", "Ann\u0000", null },
        { "name", "Ann\u001B[31m", null },
        { "name", "Ann\uE000", null },                                                  // private use
        { "name", "Ann\uFFFD", null },
        { "name", "Ann\uFFFF", null },
        { "name", "\uFFFF", null },
        { "name", "\uFDD0", null },                                                     // noncharacters
        { "name", "\U0001FFFF", null },
        { "name", "\U0010FFFE", null },
        { "name", "\u0378", null },                                                     // unassigned
        { "name", "\U000EFFFF", null },
        { "name", "\uE000", null },
        { "name", "\uFFFC", null },                                                     // an object that is not there
        { "name", "Ann\uFFFC", null },
        { "name", "\u11A8\u11A8", null },                                               // parts of a syllable that make none

        // names: scripts that go together
        { "name", "\u0410\u043D\u043D\u0430", "\u0410\u043D\u043D\u0430" },
        { "name", "\u0410nn", null },                                                   // Cyrillic A
        { "name", "Ann \u0421mith", null },
        { "name", "\u039Fscar", null },                                                 // Greek O
        { "name", "p\u0430ypal", null },
        { "name", "\uAE40 Ann", "\uAE40 Ann" },
        { "name", "\u7530\u4E2D\u3055\u3093 Ann \u30BF\u30CA\u30AB\u30FC", "\u7530\u4E2D\u3055\u3093 Ann \u30BF\u30CA\u30AB\u30FC" },
        { "name", "\u738B Ann \u310A", "\u738B Ann \u310A" },                           // Han, Latin, Bopomofo
        { "name", "\u91D1 \uAE40 Kim", "\u91D1 \uAE40 Kim" },
        { "name", "\uAE40\u3055", null },                                               // Hangul with Hiragana
        { "name", "\u4E2D\u0416", null },                                               // Han with Cyrillic
        { "name", "\u0660nn", null },                                                   // an Arabic digit
        { "name", "\u0663\u0645", "\u0663\u0645" },
        { "name", "O'Neill-Smith, Jr. (#1)", "O'Neill-Smith, Jr. (#1)" },
        { "name", "\uC11C\uC6B8\u00B7\uACBD\uAE30", "\uC11C\uC6B8\u00B7\uACBD\uAE30" },
        { "name", "\u0427\u0430\u0442 \u00B7 \u2116 1", null },                         // the numero sign is the letters No
        { "name", "\u0427\u0430\u0442 \u00B7 1", "\u0427\u0430\u0442 \u00B7 1" },

        // names: joiners where they change what is seen
        { "name", Family, Family },
        { "name", "Ann \u2764\uFE0F", "Ann \u2764\uFE0F" },
        { "name", "\U0001F44D\U0001F3FD", "\U0001F44D\U0001F3FD" },                     // skin tone
        { "name", "\U0001F469\U0001F3FD\u200D\u2695\uFE0F", "\U0001F469\U0001F3FD\u200D\u2695\uFE0F" },
        { "name", "\U0001F3F3\uFE0F\u200D\U0001F308", "\U0001F3F3\uFE0F\u200D\U0001F308" },
        { "name", "\U0001F1F0\U0001F1F7", "\U0001F1F0\U0001F1F7" },
        { "name", "1\uFE0F\u20E3", "1\uFE0F\u20E3" },
        { "name", Wales, Wales },
        { "name", "Ann1\uFE0F", null },
        { "name", "A\u200Dnn", null },
        { "name", "\U0001F600\u200D", null },
        { "name", "\U0001F600\U000E0067\U000E0062\U000E0077\U000E007F", null },         // tags upon a smile
        { "name", "\U0001F3F4\U000E0068\U000E0069\U000E0020\U000E007F", null },
        { "name", "\u0639\u0644\u06CC\u200C\u0631\u0636\u0627", "\u0639\u0644\u06CC\u200C\u0631\u0636\u0627" },    // Persian
        { "name", "\u0631\u200C\u0636", null },                                         // after a letter that joins nothing anyway
        { "name", "\u0DC1\u0DCA\u200D\u0DBB\u0DD3", "\u0DC1\u0DCA\u200D\u0DBB\u0DD3" }, // Sinhala Sri

        // names: at most 80 characters and 640 bytes
        { "name", new string('\uAC00', 80), new string('\uAC00', 80) },
        { "name", new string('\uAC00', 81), null },
        { "name", Repeat("\u1100\u1161", 80), new string('\uAC00', 80) },
        { "name", Repeat("\U0001F600", 80), Repeat("\U0001F600", 80) },
        { "name", Repeat(Family, 25), Repeat(Family, 25) },
        { "name", Repeat(Family, 26), null },                                           // 650 bytes
        { "name", "a" + new string('\u0301', 400), null },
        { "name", new string('x', 100_000), null },

        // what a name is found by
        { "key", "  ANN  Smith ", "ann smith" },
        { "key", "\uFF21NN", "ann" },
        { "key", "\u1112\u1161\u11AB", "\uD55C" },
        { "key", "JOSE\u0301", "jos\u00E9" },
        { "key", "a\u0000", "a\uFFFD" },

        // what one signs in with
        { "sign-in", " Ann ", "ann" },
        { "sign-in", "\uFF21\uFF4E\uFF4E", "ann" },
        { "sign-in", "ANN@Example.org", "ann@example.org" },
        { "sign-in", "ann\uFF20example.org", "ann@example.org" },
        { "sign-in", "jose\u0301@example.org", "jos\u00E9@example.org" },
        { "sign-in", "ann\u0000", "ann\uFFFD" },
        { "sign-in", Repeat("\U0001F600", 1000), Repeat("\U0001F600", 1000) },          // nobody's

        // passwords: one spelling, otherwise as typed
        { "password", " correct horse ", " correct horse " },
        { "password", "Correct Horse", "Correct Horse" },
        { "password", "correct\u00A0horse\u3000", "correct horse " },
        { "password", "cafe\u0301cafe\u0301", "caf\u00E9caf\u00E9" },
        { "password", "\uFF21\uFF21\uFF21\uFF21\uFF21\uFF21\uFF21\uFF21", "\uFF21\uFF21\uFF21\uFF21\uFF21\uFF21\uFF21\uFF21" },
        { "password", Repeat("\u1112\u1161\u11AB", 8), new string('\uD55C', 8) },
        { "password", Repeat("\u1112\u1161\u11AB", 7), null },                          // 21 code points, 7 characters
        { "password", Repeat(Family, 8), Repeat(Family, 8) },
        { "password", "12345678", "12345678" },
        { "password", "1234567", null },
        { "password", new string('x', 256), new string('x', 256) },
        { "password", new string('x', 257), null },
        { "password", "correct\thorse", null },
        { "password", "correct horse\u0000", null },
        { "password", "correct\u200Bhorse", null },

        // statuses and descriptions: one spelling, and nothing that rewrites the page
        { "line", "  Out \n to   lunch ", "Out to lunch" },
        { "line", "cafe\u0301", "caf\u00E9" },
        { "line", "\uFF21", "\uFF21" },
        { "line", "Anna and \u0410\u043D\u043D\u0430", "Anna and \u0410\u043D\u043D\u0430" },
        { "line", "\u200B\u3164", "" },
        { "line", null, "" },
        { "line", "\u05D0\u200F!", "\u05D0\u200F!" },
        { "line", "a\u202Eb", null },
        { "line", "a\u0007", null },
        { "line", "\uFDD0", null },
        { "line", "\uFFFE", null },
        { "lines", " one\r\ntwo\n\tthree ", "one\r\ntwo\n\tthree" },
        { "lines", "one\u2028two", null },
        { "lines", "\u200B\n\u200B", "" },
        { "label", "Firefox on  Linux", "Firefox on Linux" },
        { "label", Repeat(Family, 60), Repeat(Family, 25) },
        { "label", "a\u0007", null },
        { "label", "\u200B", null },

        // messages: as typed, with something visible
        { "message", " Hello\n", " Hello\n" },
        { "message", "cafe\u0301 \uFF21", "cafe\u0301 \uFF21" },
        { "message", "\u200F\u05E9\u05DC\u05D5\u05DD\u200F", "\u200F\u05E9\u05DC\u05D5\u05DD\u200F" },
        { "message", "\u202Ecode\u202C", "\u202Ecode\u202C" },
        { "message", Wales, Wales },
        { "message", "\u2003if x:\n\u2003\u2003y()", "\u2003if x:\n\u2003\u2003y()" },
        { "message", "", null },
        { "message", " \t\r\n", null },
        { "message", "\u00A0", null },
        { "message", "\u3000", null },
        { "message", "\u200B\u200D\u2060", null },
        { "message", "\u3164", null },
        { "message", "\u2800", null },
        { "message", "\uFFFC", null },
        { "message", "\u200F", null },
        { "message", "\uFE0F", null },
        { "message", "\U000E0020", null },
        { "message", "\u0001\u007F", null },
        { "message", "\uFFFE", null },                                                  // noncharacters
        { "message", "\uFFFF", null },
        { "message", "\uFDD0", null },
        { "message", " \uFDEF\u200B", null },
        { "message", "\U0001FFFE\U0010FFFF", null },
        { "message", "\uFDCF", "\uFDCF" },
        { "message", "\uFDF0", "\uFDF0" },
        { "message", "a\uFFFE", "a\uFFFE" },                                            // as typed
        { "message", "a\u0000b", null },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_text_is_kept_in_one_form_or_refused(string kind, string? typed, string? kept)
    {
        var verdict = kind switch
        {
            "name" => TextPolicy.Name(typed, 80),
            "key" => new TextVerdict(TextPolicy.NameKey(typed), null),
            "sign-in" => new TextVerdict(TextPolicy.SignInName(typed), null),
            "password" => TextPolicy.Password(typed, 8),
            "line" => TextPolicy.Line(typed, 80),
            "lines" => TextPolicy.Lines(typed, 80),
            "label" => TextPolicy.Label(typed, 80) is { } label ? new TextVerdict(label, null) : new TextVerdict("", "none"),
            _ => Message(typed),
        };
        (verdict.Error is null ? verdict.Text : null).ShouldBe(kept, verdict.Error);
        if (kept is not null && kind is not "message") Again(kind, kept).ShouldBe(kept, "what is kept is kept as it is");
    }

    [Theory]
    [InlineData("", "1 to 80 characters and at most 640 bytes.")]
    [InlineData("A\u200B", "The character U+200B is not allowed here.")]
    [InlineData("\u0301", "1 to 80 characters and at most 640 bytes, one of them visible.")]
    [InlineData("P\u0430vel", "Letters of one script, or of Latin with Chinese, Japanese or Korean ones; these mix Latin and Cyrillic.")]
    [InlineData("Ann \u0663", "Letters of one script, or of Latin with Chinese, Japanese or Korean ones; these mix Latin and Arabic.")]
    [InlineData(
        "\u0663\u0645 Ann", "Letters of one script, or of Latin with Chinese, Japanese or Korean ones; these mix Arabic and Latin.")]
    public void The_refusal_of_a_name_says_what_is_wrong(string name, string error) => TextPolicy.Name(name, 80).Error.ShouldBe(error);

    [Fact]
    public void A_password_is_tried_as_it_is_kept_and_then_as_it_is_typed()
    {
        TextPolicy.PasswordForms("correct horse").ShouldBe(["correct horse"]);
        TextPolicy.PasswordForms("cafe\u0301 \u3000").ShouldBe(["caf\u00E9  ", "cafe\u0301 \u3000"]);
        var huge = new string('\u0301', 100_000);
        TextPolicy.PasswordForms(huge).ShouldBe([huge]);
    }

    private static TextVerdict Message(string? typed)
    {
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { text = typed });
        return MessageBody.TryRead(json, 1000, out var body, out var refusal)
            ? new TextVerdict(System.Text.Encoding.UTF8.GetString(body.Text), null)
            : new TextVerdict("", refusal.Detail);
    }

    private static string? Again(string kind, string kept) => kind switch
    {
        "name" => TextPolicy.Name(kept, 80).Text,
        "key" => TextPolicy.NameKey(kept),
        "sign-in" => TextPolicy.SignInName(kept),
        "password" => TextPolicy.Password(kept, 8).Text,
        "line" => TextPolicy.Line(kept, 80).Text,
        "lines" => TextPolicy.Lines(kept, 80).Text,
        _ => TextPolicy.Label(kept, 80),
    };

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
