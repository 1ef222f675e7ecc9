// The options that say which broker and as whom: the same for each command that talks over MQTT.
// Invariant: files are read before anything connects; what does not fit together is said, not ignored.
// Tests: tests/host-sim/Cli/BrokerOptionsTests.cs.
using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EsyncSim.Server;

namespace EsyncSim.Cli;

/// <summary>Options of a command that talks over a broker.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<string?> _broker;
    private readonly Option<string?> _authorities = new("--broker-ca") { Description = "Certificates (PEM) of the authorities that may have issued the broker's; without it those that this system trusts", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--broker-cert") { Description = "Certificate (PEM) by which the broker knows this party", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--broker-key") { Description = "Private key (PEM) of --broker-cert", HelpName = "FILE" };
    private readonly Option<string?> _user = new("--broker-user") { Description = "User at the broker", HelpName = "NAME" };
    private readonly Option<string?> _password = new("--broker-password-file") { Description = "File with the password of --broker-user in its first line", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="what">What the broker is to the command.</param>
    /// <param name="isRequired">True when it cannot do without.</param>
    public BrokerOptions(Command command, string what, bool isRequired = false)
    {
        _broker = new Option<string?>("--broker") { Description = $"{what}; mqtts:// for TLS", HelpName = "mqtt://HOST:PORT", Required = isRequired };
        foreach (Option option in new Option[] { _broker, _authorities, _certificate, _key, _user, _password })
        {
            command.Add(option);
        }
    }

    /// <summary>The way to the broker; null when none is named.</summary>
    /// <exception cref="UserErrorException">The options do not fit each other, or a file cannot be used.</exception>
    public BrokerAccess? Read(ParseResult parsed)
    {
        string? certificate = parsed.GetValue(_certificate), key = parsed.GetValue(_key), authorities = parsed.GetValue(_authorities);
        string? user = parsed.GetValue(_user), password = parsed.GetValue(_password);
        if (parsed.GetValue(_broker) is not { } address)
        {
            return (authorities ?? certificate ?? key ?? user ?? password) is null
                ? null
                : throw new UserErrorException(ExitCode.BadUsage, "--broker-… says how to come to a broker; which one says --broker mqtts://HOST:PORT");
        }

        BrokerAccess access = BrokerAccess.Parse(address);
        if (!access.IsTls && (authorities ?? certificate ?? key) is not null)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--broker-ca, --broker-cert and --broker-key are for TLS; {access} has none, write mqtts://");
        }

        if (certificate is null != key is null)
        {
            throw new UserErrorException(ExitCode.BadUsage, "--broker-cert and --broker-key go together: the certificate and its private key");
        }

        if (user is null != password is null)
        {
            throw new UserErrorException(ExitCode.BadUsage, "--broker-user and --broker-password-file go together");
        }

        return access with
        {
            Authorities = authorities is null ? null : Use(authorities, "certificates", AuthoritiesOf),
            Certificate = certificate is null ? null : Use(certificate, "a certificate with its key", path => CertificateOf(path, key!)),
            User = user,
            Password = password is null ? null : Use(password, "a password", PasswordOf),
        };
    }

    private static T Use<T>(string path, string what, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} cannot be read as {what}: {exception.Message}");
        }
    }

    private static X509Certificate2Collection AuthoritiesOf(string path)
    {
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new UserErrorException(ExitCode.BadFile, $"{path} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
    }

    // Not every system's TLS takes a key that lies in memory alone; one out of a PKCS #12 all do.
    private static X509Certificate2 CertificateOf(string path, string keyPath)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(path, keyPath);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static string PasswordOf(string path) =>
        File.ReadLines(path).FirstOrDefault() is { Length: > 0 } password ? password : throw new UserErrorException(ExitCode.BadFile, $"{path} has no password in its first line");
}
