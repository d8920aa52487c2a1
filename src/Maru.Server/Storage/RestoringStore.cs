namespace Maru.Server.Storage;

/// <summary>
/// Given to the program that restores a backup into a store which others can open meanwhile: it alone may open it. A mark in the store
/// keeps servers away, for what is restored has its sessions alive until they are ended.
/// </summary>
internal sealed class RestoringStore
{
    /// <summary>The table that is the mark.</summary>
    public const string Mark = "restoring";
}
