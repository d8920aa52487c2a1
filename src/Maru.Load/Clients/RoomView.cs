using System.Text;
using Maru.Load.Inbound;
using Maru.Load.Verification;

namespace Maru.Load.Clients;

/// <summary>One room as one loop sees it.</summary>
/// <param name="index">its index among the run's rooms</param>
/// <param name="id">its number on the server</param>
/// <param name="start">the room's last seq before the run; -1 = not known</param>
/// <param name="known">the latest frames</param>
internal sealed class RoomView(int index, long id, long start, KnownFrames known)
{
    public int Index { get; } = index;

    public long Id { get; } = id;

    public long Start { get; } = start;

    public KnownFrames Known { get; } = known;

    public AckLog Acks { get; } = new(start);

    public byte[] Topic { get; } = Encoding.ASCII.GetBytes($"/topic/rooms/{id}");

    /// <summary>The beginning of every SEND to it.</summary>
    public byte[] SendHead { get; } = Encoding.ASCII.GetBytes(
        $"SEND\ndestination:/app/rooms/{id}/messages\ncontent-type:application/json\nreceipt:");
}
