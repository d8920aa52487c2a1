namespace Maru.Server.Platform.Api;

/// <summary>Marks a property of a contract for which null has a meaning; all others may only be absent.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OrNullAttribute : Attribute;
