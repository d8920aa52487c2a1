using System.Runtime.InteropServices;
using Maru.Engine;

namespace Maru.Server.Realtime;

/// <summary>
/// The order in which the server stops. At the first SIGTERM or SIGINT it is not ready any longer and refuses new sockets; a balancer gets
/// <see cref="EngineOptions.DrainDelay"/> to notice; clients are told to come back, each at its own moment; then everything stops. The
/// second signal skips the waiting.
/// </summary>
internal sealed partial class DrainLifetime(
    IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DrainLifetime> log)
    : IHostLifetime, IDisposable
{
    private readonly CancellationTokenSource _hurry = new();
    private PosixSignalRegistration[] _signals = [];
    private int _asked;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        PosixSignal[] signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];
        _signals = [.. signals.Select(x => PosixSignalRegistration.Create(x, Ask))];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _hurry.Dispose();
    }

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = true;   // the process ends when everything is done
        if (Interlocked.Exchange(ref _asked, 1) == 0) _ = Task.Run(GoDownAsync);
        else _hurry.Cancel();
    }

    private async Task GoDownAsync()
    {
        // Not earlier: the host makes its lifetime before the store exists that the engine needs.
        var engine = services.GetRequiredService<ChatEngine>();
        try
        {
            Log.GoingDown(log, engine.Connections.Count);
            engine.BeginDrain();
            await Task.Delay(engine.Options.DrainDelay, time, _hurry.Token);
            await engine.DrainAsync(_hurry.Token);
        }
        catch (OperationCanceledException)
        {
            Log.Hurried(log);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Going down: {Connections} connections are told to come back")]
        public static partial void GoingDown(ILogger log, int connections);

        [LoggerMessage(LogLevel.Information, "Going down at once")]
        public static partial void Hurried(ILogger log);
    }
}
