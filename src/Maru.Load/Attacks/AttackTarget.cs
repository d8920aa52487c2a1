using System.Net;
using System.Net.Sockets;
using Maru.Load.Clients;

namespace Maru.Load.Attacks;

/// <summary>The server of an attack, and the addresses from which its attackers come.</summary>
/// <param name="Node">the server</param>
/// <param name="Addresses">how many addresses; they are this machine's own, so only such a server sees them</param>
internal sealed record AttackTarget(Node Node, int Addresses)
{
    public bool IsTls => Node.Url.Scheme == "wss";

    /// <summary>Returns the address of an attacker, which no member has; null = the machine's usual one.</summary>
    public IPEndPoint? Attacker(int number) => Local(66, number % Addresses);

    /// <summary>Returns the address of a newcomer: each has another one.</summary>
    public IPEndPoint? Newcomer(int number) => Local(77, number % 60_000);

    private IPEndPoint? Local(byte network, int number)
    {
        if (Node.Address.AddressFamily != AddressFamily.InterNetwork || !IPAddress.IsLoopback(Node.Address.Address)) return null;
        return new IPEndPoint(new IPAddress([127, network, (byte)(number / 250), (byte)(1 + (number % 250))]), 0);
    }
}
