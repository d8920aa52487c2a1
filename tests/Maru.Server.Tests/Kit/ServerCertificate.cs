using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Maru.Server.Tests.Kit;

/// <summary>A self-signed certificate, as files, and the settings of a server that uses it.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly Folder _folder = new();

    public ServerCertificate()
    {
        var (path, keyPath) = (Path.Combine(_folder, "server.crt"), Path.Combine(_folder, "server.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        Value = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(path, Value.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        Settings =
        [
            "--urls=http://127.0.0.1:0;https://127.0.0.1:0",
            $"--Kestrel:Certificates:Default:Path={path}",
            $"--Kestrel:Certificates:Default:KeyPath={keyPath}",
        ];
    }

    public X509Certificate2 Value { get; }

    public string[] Settings { get; }

    /// <summary>For clients, which must know this certificate.</summary>
    public bool IsPresented(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors) => Value.Equals(presented);

    public void Dispose()
    {
        Value.Dispose();
        _folder.Dispose();
    }
}
