using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Server.RoomLog;

/// <summary>A user as others see them: the columns of <c>user</c> JSON.</summary>
internal sealed record UserRow(long Id, string Handle, string Name, string? AvatarUrl)
{
    /// <param name="users">the table, or its alias in the query</param>
    public static string Columns(string users) => $"{users}.id, {users}.handle, {users}.name, {users}.avatar_url";

    public byte[] ToJson() => MessageJson.User(new UserId(Id), Handle, Name, AvatarUrl);
}
