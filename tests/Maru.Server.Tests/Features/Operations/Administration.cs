using Maru.Server.Cluster;
using Maru.Server.Features.Operations;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Features.Operations;

/// <summary>Admins of a whole server, and what they ask for.</summary>
internal static class Administration
{
    /// <summary>Signs somebody up who is an admin.</summary>
    public static async Task<Person> SignUpAdminAsync(this MaruServer server)
    {
        var person = await server.SignUpAsync("admin");
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("UPDATE users SET role = 'admin' WHERE id = @Id", new { person.Id }, ct),
            TestContext.Current.CancellationToken);
        return person;
    }

    public static Guid NodeId(this MaruServer server) => server.Service<ThisNode>().Id;

    public static async Task<IReadOnlyList<NodeStatus>> NodesAsync(this Person admin) =>
        (await admin.Http.SendAsync("GET /api/admin/nodes").Read<NodeList>()).Items;

    public static async Task<IReadOnlyList<NodePoint>> PointsAsync(this Person admin, Guid node, string query = "") =>
        (await admin.Http.SendAsync($"GET /api/admin/nodes/{node}/points{query}").Read<NodePoints>()).Items;
}
