using System.Runtime.InteropServices;

namespace Maru.Server.Commands;

/// <summary>Turns Ctrl-C and SIGTERM into the end of a command that has something to clear away.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() => _signals = [Take(PosixSignal.SIGINT), Take(PosixSignal.SIGTERM)];

    public CancellationToken Token => _ended.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _ended.Dispose();
    }

    private PosixSignalRegistration Take(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _ended.Cancel();
    });
}
