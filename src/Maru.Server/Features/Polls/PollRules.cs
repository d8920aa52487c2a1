using System.Text;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Server.Features.Messages;
using Maru.Server.Platform;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Polls;

/// <summary>The rules for new polls. Each method returns the value to keep and adds faults to <paramref name="errors"/>.</summary>
internal sealed class PollRules(FieldErrors errors, PollOptions options)
{
    /// <summary>Checks the question as a message's text.</summary>
    public MessageBody Question(string? value)
    {
        var text = Encoding.UTF8.GetBytes(value ?? "");
        errors.Add(TextRules.Refuse(text, "question"));
        return new MessageBody { Text = text, Mentions = MentionScan.Find(text) };
    }

    public IReadOnlyList<PollChoice> Options(IReadOnlyList<string>? value)
    {
        var count = value?.Count ?? 0;
        if (count < 2 || count > options.OptionsPerPoll)
        {
            errors.Add("options", $"2 to {options.OptionsPerPoll} options.");
            return [];
        }

        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            var verdict = TextPolicy.Line(value![i], options.OptionCharacters);
            texts[i] = verdict.Text;
            if ((verdict.Error ?? (verdict.Text.Length == 0 ? "Something visible." : null)) is not { } error) continue;
            errors.Add("options", error);
            return [];
        }

        if (texts.Distinct().Count() < count) errors.Add("options", "Each option once.");
        return [.. texts.Select((text, i) => new PollChoice(i + 1, text, 0))];
    }
}
