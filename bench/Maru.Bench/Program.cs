using BenchmarkDotNet.Running;
using Maru.Bench;

// "allocations" compares bytes per operation with allocations.json, in seconds, and is part of CI; everything else goes to BenchmarkDotNet.
if (args is ["allocations", ..]) return AllocationGate.Run(update: args.Contains("--update"));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
