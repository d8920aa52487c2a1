using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Messages;

public sealed class TextRulesTests(MaruServer server) : IClassFixture<MaruServer>
{
    /// <summary>A draft may have nothing visible in it yet.</summary>
    [Theory]
    [InlineData("a\0b", "{0} must not contain the character U+0000.", true)]
    [InlineData("\0", "{0} must not contain the character U+0000.", true)]
    [InlineData(" \u200b", "{0} must have something visible in it.", false)]
    public async Task Wherever_a_text_is_written_it_is_refused_in_the_same_words(string text, string words, bool alsoAsDraft)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        foreach (var (line, body, field) in Ways(room.Id, text))
        {
            if (line.StartsWith("PUT ", StringComparison.Ordinal) && !alsoAsDraft) continue;
            var errors = (await ann.Http.SendAsync(line, body).ShouldRefuse(Problem.Invalid)).GetProperty("errors");
            errors.GetProperty(field).EnumerateArray().Select(error => error.GetString())
                .ShouldBe([words.Replace("{0}", field, StringComparison.Ordinal)], line);
        }
    }

    [Fact]
    public async Task Wherever_a_text_is_written_it_may_have_so_many_bytes()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        foreach (var (line, body, field) in Ways(room.Id, new string('x', 16 * 1024 + 1)))
        {
            var refusal = await ann.Http.SendAsync(line, body).ShouldRefuse(Problem.TooLarge);
            refusal.GetProperty("detail").GetString().ShouldBe($"{field} may be 16384 bytes of UTF-8.", line);
        }
    }

    private static (string Line, object Body, string Field)[] Ways(long room, string text) =>
    [
        ($"POST /api/rooms/{room}/messages", new { text }, "text"),
        ($"POST /api/rooms/{room}/scheduled", new { text, at = DateTimeOffset.UtcNow.AddDays(1) }, "text"),
        ($"POST /api/rooms/{room}/polls", new { question = text, options = (string[])["a", "b"] }, "question"),
        ($"PUT /api/me/drafts/{room}", new { text }, "text"),
    ];
}
