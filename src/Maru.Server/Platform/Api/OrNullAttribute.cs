namespace Maru.Server.Platform.Api;

/// <summary>Marks a property of a contract that may be null, and says something then; all others may only be absent.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OrNullAttribute : Attribute;
