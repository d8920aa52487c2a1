using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maru.Server.Commands.Doctor;

/// <summary>All findings, for machines.</summary>
/// <param name="Version">of the program</param>
/// <param name="Verdict">the gravest level</param>
/// <param name="Findings">in the order of the checks</param>
internal sealed record DoctorReport(string Version, Level Verdict, IReadOnlyList<Finding> Findings)
{
    public string ToJson() => JsonSerializer.Serialize(this, DoctorJson.Default.DoctorReport);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
