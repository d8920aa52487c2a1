using BenchmarkDotNet.Attributes;

namespace Maru.Bench;

/// <summary>Time and bytes of the hot path's steps. <c>dotnet run -c Release --project bench/Maru.Bench -- --filter '*'</c></summary>
[MemoryDiagnoser]
[ShortRunJob]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "the benchmark's cleanup disposes of it")]
public class EngineBenchmarks
{
    private const int Sends = 10_000;

    private Operations _operations = null!;

    [GlobalSetup]
    public void Start() => _operations = new Operations();

    [GlobalCleanup]
    public void Stop() => _operations.Dispose();

    [Benchmark]
    public int StompFrameParsed() => _operations.ParseStompFrame();

    [Benchmark]
    public int WebSocketFrameOf256BytesUnmasked() => _operations.UnmaskWebSocketFrame();

    [Benchmark]
    public byte[] MessageEvent() => _operations.MessageEvent();

    [Benchmark(OperationsPerInvoke = Operations.Subscribers)]
    public void DeliveryInARunOfOne() => _operations.DeliverOne();

    [Benchmark(OperationsPerInvoke = 50 * Operations.Subscribers)]
    public void DeliveryInARunOfFifty() => _operations.DeliverFifty();

    [Benchmark(OperationsPerInvoke = Sends)]
    public void SendToReceipt() => _operations.Send(Sends);

    [Benchmark(OperationsPerInvoke = Operations.Batch)]
    public void DraftCommitted() => _operations.CommitBatch();
}
