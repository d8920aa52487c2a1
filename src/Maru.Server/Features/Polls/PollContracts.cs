using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Polls;

/// <param name="Question">a message's text: not blank</param>
/// <param name="Options">
/// 2 to 20 different ones, each with something visible in it, at most 200 characters and 1600 bytes, and kept in one line
/// </param>
/// <param name="Multiple">true: each person may vote for several</param>
/// <param name="Anonymous">true: nobody is told who voted for what</param>
/// <param name="ClosesAt">when it closes by itself, in the future; absent: never</param>
[Example("""{"question":"When do we sail?","options":["Noon","Dusk"],"closesAt":"2026-11-21T12:00:00Z"}""")]
public sealed record NewPoll(
    [property: Required] string? Question,
    [property: Required] IReadOnlyList<string>? Options,
    bool Multiple = false,
    bool Anonymous = false,
    DateTimeOffset? ClosesAt = null);

/// <param name="Options">the ids of the options; they replace those before, and none takes the vote back</param>
[Example("""{"options":[1]}""")]
public sealed record PollVote([property: Required] IReadOnlyList<long>? Options);

/// <summary>A vote for an option.</summary>
/// <param name="User">also somebody who has left, or a deleted user</param>
[Example("""{"user":{"id":2,"handle":"ben","name":"Ben"},"at":"2026-11-20T12:50:03.117Z"}""")]
public sealed record PollVoter(User User, DateTimeOffset At);

/// <param name="Items">the first votes first</param>
/// <param name="Next">the <c>after</c> of the next page; absent: there is none</param>
public sealed record PollVoterPage(IReadOnlyList<PollVoter> Items, string? Next = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewPoll))]
[JsonSerializable(typeof(PollVote))]
[JsonSerializable(typeof(PollVoterPage))]
internal sealed partial class PollsJson : JsonSerializerContext;
