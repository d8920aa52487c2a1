namespace Maru.Server.Bus;

/// <summary>A part of the server that other nodes' facts concern.</summary>
internal interface INewsReader
{
    /// <summary>Called for one fact after the other; passes over what is not its own.</summary>
    Task HearAsync(Fact fact, CancellationToken ct);
}
