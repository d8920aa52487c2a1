using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Maru.Load.Sockets;

/// <summary>
/// Polls thousands of sockets by Linux' epoll, called directly. <c>Socket</c>'s own asynchronous calls pass every wake-up from an epoll
/// thread to the thread pool and need a buffer per connection; <c>Socket.Select</c> looks at every socket on each call. One thread, no
/// unsafe code.
/// </summary>
internal sealed class Poller : IDisposable
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;

    private const uint Broken = 0x008 | 0x010; // EPOLLERR, EPOLLHUP: reported even when not asked for

    private const int Add = 1;
    private const int Remove = 2;
    private const int Modify = 3;
    private const int Interrupted = 4;

    // struct epoll_event { uint32_t events; uint64_t data; }, packed on x86-64 only: three or four ints each.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;

    private readonly int[] _events = new int[512 * 4];
    private readonly int[] _one = new int[4];
    private readonly SafeFileHandle _handle = Create();
    private readonly SafeFileHandle _nothing = Create();   // watches no socket: a sleep finer than a millisecond

    /// <summary>Waits for at most that many nanoseconds; returns how many sockets are ready.</summary>
    public int Wait(long nanoseconds) => Wait(_handle, nanoseconds);

    /// <summary>Waits for the whole time, also when sockets are ready.</summary>
    public void Pause(long nanoseconds) => Wait(_nothing, nanoseconds);

    /// <summary>
    /// Returns the slot of the i-th ready socket; tells whether it can be written, and whether it is broken, for which reading it will give
    /// the reason.
    /// </summary>
    public int Slot(int i, out bool writable, out bool broken)
    {
        var events = (uint)_events[i * Stride];
        (writable, broken) = ((events & Writable) != 0, (events & Broken) != 0);
        return _events[(i * Stride) + Stride - 2];
    }

    public void Watch(Socket socket, int slot, uint interest) => Control(Add, socket, slot, interest);

    public void Change(Socket socket, int slot, uint interest) => Control(Modify, socket, slot, interest);

    public void Forget(Socket socket) => Control(Remove, socket, 0, 0);

    public void Dispose()
    {
        _handle.Dispose();
        _nothing.Dispose();
    }

    private static SafeFileHandle Create()
    {
        var handle = epoll_create1(0);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private int Wait(SafeFileHandle handle, long nanoseconds)
    {
        var timeout = new Timespec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        var ready = epoll_pwait2(handle, _events, _events.Length / 4, ref timeout, IntPtr.Zero);
        if (ready >= 0) return ready;
        var error = Marshal.GetLastPInvokeError();
        return error == Interrupted ? 0 : throw new Win32Exception(error);
    }

    private void Control(int operation, Socket socket, int slot, uint interest)
    {
        _one[0] = (int)interest;
        _one[Stride - 2] = slot;
        _one[Stride - 1] = 0;
        if (epoll_ctl(_handle, operation, (int)socket.Handle, _one) < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec(long seconds, long nanoseconds)
    {
        public long Seconds = seconds;
        public long Nanoseconds = nanoseconds;
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_ctl(SafeFileHandle handle, int operation, int socket, int[] what);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_pwait2(SafeFileHandle handle, int[] events, int most, ref Timespec timeout, IntPtr signals);
}
