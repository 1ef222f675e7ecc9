// Certificates for tests, made in the process and thrown away with it: an authority, a broker of this machine, clients by name.
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EsyncSim.Server;

namespace EsyncTests.HostSim.Server.Mosquitto;

/// <summary>An authority that issues certificates for a test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddHours(-1);
    private byte _serial;

    internal TestAuthority(string name)
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(_from, _from.AddDays(2));
    }

    /// <summary>What a party must have to trust this authority.</summary>
    internal X509Certificate2Collection Certificates => [X509CertificateLoader.LoadCertificate(_certificate.RawData)];

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    /// <summary>Writes the authority's certificate.</summary>
    internal void WriteTo(Folder folder, string name) => File.WriteAllText(folder[name], _certificate.ExportCertificatePem());

    /// <summary>Writes certificate and key of a broker at a host, NAME.crt and NAME.key.</summary>
    internal void WriteBroker(Folder folder, string name, string host)
    {
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        Write(folder, name, $"CN={host}", "1.3.6.1.5.5.7.3.1", names.Build());
    }

    /// <summary>Writes certificate and key of a client, NAME.crt and NAME.key; the broker knows it by its common name.</summary>
    internal void WriteClient(Folder folder, string name, string commonName) => Write(folder, name, $"CN={commonName}", "1.3.6.1.5.5.7.3.2", null);

    /// <summary>A client's certificate with its key.</summary>
    internal X509Certificate2 Client(Folder folder, string commonName)
    {
        WriteClient(folder, commonName, commonName);
        return X509Certificate2.CreateFromPemFile(folder[$"{commonName}.crt"], folder[$"{commonName}.key"]);
    }

    /// <summary>The way to a broker for a party with a certificate.</summary>
    internal BrokerAccess AccessOf(string address, Folder folder, string commonName) =>
        BrokerAccess.Parse(address) with { Authorities = Certificates, Certificate = Client(folder, commonName) };

    private void Write(Folder folder, string name, string subject, string usage, X509Extension? names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], true));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using X509Certificate2 certificate = request.Create(_certificate, _from, _from.AddDays(1), [1, ++_serial]);
        File.WriteAllText(folder[$"{name}.crt"], certificate.ExportCertificatePem());
        File.WriteAllText(folder[$"{name}.key"], key.ExportPkcs8PrivateKeyPem());
    }
}
