using System.Net;
using System.Net.Sockets;

namespace Maru.Server.Commands.Doctor;

/// <summary>The addresses to listen on: free, or whose they are.</summary>
internal static class PortsCheck
{
    private const string Program = "maru";

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        var addresses = Listening.Of(patient.Configuration);
        if (patient.Options.StompTcp is { Length: > 0 } stomp)
            addresses = [.. addresses, new Listening("Maru:StompTcp", stomp, IPEndPoint.Parse(stomp), false)];
        return Task.FromResult<IReadOnlyList<Finding>>([.. addresses.Select(Look)]);
    }

    private static Finding Look(Listening address)
    {
        var name = $"{address.Text} ({address.Setting})";
        if (address.Address is not { } at) return Finding.Ok("ports", $"{name} is no port");
        if (at.Port == 0) return Finding.Ok("ports", $"{name}: any free one");
        try
        {
            using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
            socket.Listen();
            return Finding.Ok("ports", $"{name} is free");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return Taken(name, at.Port);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return Finding.Problem(
                "ports", $"{name}: this user may not listen there",
                "Use a port from 1024, or give the right (AmbientCapabilities=CAP_NET_BIND_SERVICE of systemd).");
        }
        catch (SocketException e)
        {
            return Finding.Problem("ports", $"{name} cannot be listened on: {e.Message}", "Correct it, or give this machine that address.");
        }
    }

    private static Finding Taken(string name, int port)
    {
        var holder = PortHolder.Of(port);
        if (holder is { Name: Program }) return Finding.Ok("ports", $"{name} is Maru's own: process {holder.Id} listens there");
        var whose = holder is null ? "another program, which this user cannot see" : $"{holder.Name}, process {holder.Id}";
        return Finding.Problem("ports", $"{name} is taken by {whose}", "End that program, or choose another address.");
    }
}
