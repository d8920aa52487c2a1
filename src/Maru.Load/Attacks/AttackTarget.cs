using System.Net;
using Maru.Load.Clients;
using Maru.Load.Sockets;

namespace Maru.Load.Attacks;

/// <summary>The server of an attack, and the addresses from which its attackers come.</summary>
/// <param name="Node">the server</param>
/// <param name="Addresses">how many addresses; they are this machine's own, so only such a server sees them</param>
internal sealed record AttackTarget(Node Node, int Addresses)
{
    public bool IsTls => Node.Url.Scheme == "wss";

    /// <summary>Returns the address of an attacker, which no member has; null = the machine's usual one.</summary>
    public IPEndPoint? Attacker(int number) => Local(LoopbackAddress.Attackers, number % Addresses);

    /// <summary>Returns the address of a newcomer: each has another one.</summary>
    public IPEndPoint? Newcomer(int number) => Local(LoopbackAddress.Newcomers, number % LoopbackAddress.Most);

    private IPEndPoint? Local(byte network, int number) => LoopbackAddress.Of(Node.Address, network, number);
}
