using System.Buffers.Text;
using System.Security.Cryptography;

namespace Maru.Server.Features.Invitations;

/// <summary>
/// The code of an invitation: 144 random bits as 24 characters. It is kept as it is, since the list shows it again; whoever has a copy of
/// the store has the room's messages too. It stands in no log: those of requests have templates of addresses.
/// </summary>
internal static class InvitationCode
{
    private const int Bytes = 18;
    private const int Characters = Bytes * 4 / 3;

    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Returns whether this server may have made it.</summary>
    public static bool IsCode(string text) => text.Length == Characters && Base64Url.IsValid(text);
}
