using System.Numerics;
using Maru.Load.Verification;

namespace Maru.Load.Inbound;

/// <summary>
/// The latest MESSAGE frames of one room as they stood on the wire. The server's frames are unmasked, hence the same bytes for every
/// member: the first member's copy is read and checked in full, every other member's is compared with it byte by byte. That verifies more
/// than parsing does (the whole frame) and costs less. An unknown or different frame is read the general way. One thread.
/// </summary>
internal sealed class KnownFrames
{
    private readonly int _slotBytes;
    private readonly int _mask;
    private readonly Slot[] _slots;
    private byte[]? _bytes;     // made at the first frame: rooms without traffic cost nothing

    public KnownFrames(long budgetBytes, int payloadBytes)
    {
        _slotBytes = payloadBytes + 1024; // headers and the event around the text take some 400 bytes
        _slots = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(budgetBytes / _slotBytes, 16, 32_768))];
        _mask = _slots.Length - 1;
    }

    /// <summary>
    /// Returns the length of entry <paramref name="seq"/> when <paramref name="input"/> begins with exactly its frame, else 0.
    /// </summary>
    public int Match(long seq, ReadOnlySpan<byte> input, out long scheduled)
    {
        ref readonly var slot = ref _slots[(int)seq & _mask];
        scheduled = slot.Text.Scheduled;
        if (slot.Seq != seq || slot.Length > input.Length) return 0;
        return input[..slot.Length].SequenceEqual(_bytes.AsSpan(((int)seq & _mask) * _slotBytes, slot.Length)) ? slot.Length : 0;
    }

    /// <summary>Remembers a frame that was read and found right; the first copy of an entry stays.</summary>
    public void Keep(long seq, ReadOnlySpan<byte> frame, MessageText text)
    {
        ref var slot = ref _slots[(int)seq & _mask];
        if (slot.Seq >= seq || frame.Length > _slotBytes) return;
        _bytes ??= GC.AllocateUninitializedArray<byte>(_slots.Length * _slotBytes);
        frame.CopyTo(_bytes.AsSpan(((int)seq & _mask) * _slotBytes));
        slot = new Slot(seq, frame.Length, text);
    }

    /// <summary>Returns whether another member got a different message under the same seq.</summary>
    public bool Contradicts(long seq, MessageText text)
    {
        ref readonly var slot = ref _slots[(int)seq & _mask];
        return slot.Seq == seq && slot.Text != text;
    }

    private readonly record struct Slot(long Seq, int Length, MessageText Text);
}
