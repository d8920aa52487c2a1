using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Contacts;

/// <summary>One of the three says whom to ask.</summary>
/// <param name="UserId">an id</param>
/// <param name="Handle">the whole handle; case and width do not matter</param>
/// <param name="Email">an e-mail address: of somebody who lets themselves be found by it</param>
[Example("""{"handle":"ben"}""")]
public sealed record ContactRequest(long? UserId = null, string? Handle = null, string? Email = null);

/// <param name="Nickname">what you call them, which nobody else sees: a name as in profiles; null or empty: nothing</param>
[Example("""{"nickname":"Benny"}""")]
public sealed record ContactChange([property: OrNull] string? Nickname = null);

/// <param name="State">
/// <c>accepted</c>: you are each other's contacts; <c>incoming</c>: they asked you; <c>outgoing</c>: you asked them
/// </param>
/// <param name="Nickname">what you call them; absent: nothing</param>
[Example("""{"user":{"id":2,"handle":"ben","name":"Ben"},"state":"accepted","nickname":"Benny"}""")]
public sealed record Contact(User User, [property: ContactState] string State, string? Nickname = null);

/// <param name="Items">ordered by the users' ids</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record ContactPage(IReadOnlyList<Contact> Items, string? Next = null);

internal sealed class ContactStateAttribute()
    : ValuesAttribute("ContactState", ContactStates.Accepted, ContactStates.Incoming, ContactStates.Outgoing);

/// <summary>The states of contacts, as stored and as JSON.</summary>
internal static class ContactStates
{
    public const string Accepted = "accepted";
    public const string Incoming = "incoming";
    public const string Outgoing = "outgoing";

    public static bool IsOne(string? value) => value is Accepted or Incoming or Outgoing;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ContactRequest))]
[JsonSerializable(typeof(ContactChange))]
[JsonSerializable(typeof(Contact))]
[JsonSerializable(typeof(ContactPage))]
internal sealed partial class ContactJson : JsonSerializerContext;
