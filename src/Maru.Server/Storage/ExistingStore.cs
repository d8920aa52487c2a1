namespace Maru.Server.Storage;

/// <summary>Given to programs that look at a store which others use: opening it makes no store and changes no schema.</summary>
internal sealed class ExistingStore;
