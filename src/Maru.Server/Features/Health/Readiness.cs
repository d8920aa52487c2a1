using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Storage;

namespace Maru.Server.Features.Health;

/// <summary>
/// Tells whether this node can serve. The check is free for everybody, so all who ask at the same time share one query: the store has one
/// at a time, however many ask. Any thread.
/// </summary>
internal sealed class Readiness
{
    private readonly ChatEngine _engine;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly BatchReader<bool, Finding> _looks;

    public Readiness(ChatEngine engine, IHostApplicationLifetime lifetime, Database database)
    {
        (_engine, _lifetime) = (engine, lifetime);
        _looks = new BatchReader<bool, Finding>(async _ => [await LookAsync(database)], _ => true);
    }

    /// <summary>Returns why it cannot serve; null: it can.</summary>
    public async ValueTask<Problem?> FindFaultAsync(CancellationToken ct)
    {
        if (_engine.IsDraining || _lifetime.ApplicationStopping.IsCancellationRequested) return Problem.ShuttingDown;
        return (await _looks.FindAsync(true, ct))?.Fault;
    }

    private static async Task<Finding> LookAsync(Database database)
    {
        try
        {
            await database.FirstAsync<long>("SELECT count(*) FROM migrations", null, CancellationToken.None);
            return new Finding(null);
        }
        catch (DbException e)
        {
            return new Finding(database.ProblemOf(e));
        }
    }

    private sealed record Finding(Problem? Fault);
}
