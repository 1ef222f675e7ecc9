// Where an MQTT 5 broker is and as whom one comes to it: address, TLS, user; and in which words a connection fails.
// Invariants: with mqtts:// the broker's certificate must lead to the authorities that are given, or to those of this system, and
// must be for the host of the address; a password or a key is never in a message. Plain data but for Connect.
// It must not know what is published.
// Clauses: MQTT 5.0 §3.2.2.2 (connect reason codes), RFC 9525 (the name in the certificate, as .NET checks it).
// Tests: tests/host-sim/Server/BrokerAccessTests.cs, MosquittoAccessTests.cs.
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EsyncSim.Server;

/// <summary>The way to a broker.</summary>
public sealed record BrokerAccess
{
    /// <summary>Port of MQTT without TLS when the address names none.</summary>
    public const int DefaultPort = 1883;

    /// <summary>Port of MQTT with TLS when the address names none.</summary>
    public const int DefaultTlsPort = 8883;

    // RFC 5280 §4.2.1.12: the certificate is for a server of TLS.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // MQTT 5.0 §2.4: reason codes from here on are failures.
    private const int FirstFailure = 0x80;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private BrokerAccess(string host, int port, bool isTls)
    {
        Host = host;
        Port = port;
        IsTls = isTls;
    }

    /// <summary>Name or address of the machine.</summary>
    public string Host { get; }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>True when the connection is encrypted and the broker must prove who it is.</summary>
    public bool IsTls { get; }

    /// <summary>Certificates that may have issued the broker's; null takes those that this system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Certificate with its private key, by which the broker knows this party; null for none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>User name; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Password of the user.</summary>
    public string? Password { get; init; }

    /// <summary>Takes an address apart: <c>mqtt://host[:port]</c>, or <c>mqtts://host[:port]</c> for TLS.</summary>
    /// <exception cref="UserErrorException">It is no such address.</exception>
    public static BrokerAccess Parse(string address)
    {
        bool isUri = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri);
        if (!isUri || uri!.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0 || uri.AbsolutePath.Length > 1 || uri.UserInfo.Length > 0)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"\"{address}\" is no broker address; write mqtt://host:port, or mqtts://host:port for TLS");
        }

        bool isTls = uri.Scheme == "mqtts";
        return new BrokerAccess(uri.IdnHost, uri.Port > 0 ? uri.Port : isTls ? DefaultTlsPort : DefaultPort, isTls);
    }

    /// <summary>The broker inside this process.</summary>
    public static BrokerAccess Of(LoopbackBroker broker) => new("127.0.0.1", broker.Port, false);

    /// <inheritdoc/>
    public override string ToString() => $"{(IsTls ? "mqtts" : "mqtt")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>Options of a connection.</summary>
    /// <param name="clientId">Name of the connection: a broker has one of each name.</param>
    internal MqttClientOptionsBuilder Options(string clientId)
    {
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder()
            .WithTcpServer(Host, Port)
            .WithClientId(clientId)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTimeout(Patience);
        if (User is not null)
        {
            options.WithCredentials(User, Password);
        }

        return !IsTls ? options : options.WithTlsOptions(tls => tls
            .UseTls()
            .WithTargetHost(Host)
            .WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13)
            .WithClientCertificates(Certificate is null ? [] : [Certificate])
            .WithCertificateValidationHandler(Judge));
    }

    /// <summary>Connects.</summary>
    /// <exception cref="BrokerRefusalException">The broker has answered and does not want this party.</exception>
    /// <exception cref="Exception">One that <see cref="IsOfConnection"/> knows: there is no connection.</exception>
    internal async Task ConnectAsync(IMqttClient client, MqttClientOptions options, CancellationToken stop = default)
    {
        MqttClientConnectResult result = await client.ConnectAsync(options, stop).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new BrokerRefusalException(Explain(result.ResultCode, result.ReasonString));
        }
    }

    /// <summary>Subscribes, at least once.</summary>
    /// <exception cref="BrokerRefusalException">The broker does not let this party read there.</exception>
    internal async Task SubscribeAsync(IMqttClient client, string filter)
    {
        MqttClientSubscribeResult result = await client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce).ConfigureAwait(false);
        if (result.Items.FirstOrDefault(item => (int)item.ResultCode >= FirstFailure) is { } refused)
        {
            throw new BrokerRefusalException($"the broker at {this} refuses the subscription {filter} ({refused.ResultCode}); do its topic rules let this party read there?");
        }
    }

    /// <summary>Publishes.</summary>
    /// <exception cref="BrokerRefusalException">The broker does not let this party write there.</exception>
    internal async Task PublishAsync(IMqttClient client, MqttApplicationMessage message)
    {
        MqttClientPublishResult result = await client.PublishAsync(message).ConfigureAwait(false);
        if ((int)result.ReasonCode >= FirstFailure)
        {
            throw new BrokerRefusalException($"the broker at {this} refuses messages to {message.Topic} ({result.ReasonCode}); do its topic rules let this party write there?");
        }
    }

    /// <summary>True for what says that a connection is not there, or no longer.</summary>
    internal static bool IsOfConnection(Exception exception) => exception is MqttCommunicationException or MqttProtocolViolationException
        or TimeoutException or OperationCanceledException or SocketException or AuthenticationException or IOException;

    /// <summary>Why there is no connection, and what to do about it.</summary>
    internal string Explain(Exception exception)
    {
        Exception[] chain = [.. Chain(exception)];
        if (chain.OfType<BrokerRefusalException>().FirstOrDefault() is { } refusal)
        {
            return refusal.Message;
        }

        if (chain.OfType<BrokerDistrustException>().FirstOrDefault() is { } distrust)
        {
            return $"the broker at {this} is not trusted: {distrust.Message}";
        }

        // Who was reached and then left in the middle has not liked what it got.
        bool isReached = chain.OfType<SocketException>().All(error => error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.NotConnected or SocketError.Shutdown)
            && exception is not (TimeoutException or OperationCanceledException);
        if (!IsTls || !isReached)
        {
            string tls = isReached ? ", and without TLS (with it: mqtts://)" : string.Empty;
            return $"the broker at {this} does not answer; is it running there, and is the port right{tls}?";
        }

        return Certificate is null
            ? $"the broker at {this} ends the TLS connection; if it wants a certificate of its clients, give --broker-cert and --broker-key"
            : $"the broker at {this} ends the TLS connection: it does not take the certificate \"{Certificate.Subject}\". Was it issued by an authority that the broker trusts, and is it valid today?";
    }

    private string Explain(MqttClientConnectResultCode code, string? reason)
    {
        string said = string.IsNullOrEmpty(reason) ? code.ToString() : $"{code}: {reason}";
        if (code is not (MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized))
        {
            return $"the broker at {this} refuses the connection ({said})";
        }

        string what = User is null ? "who names no user; give --broker-user and --broker-password-file" : $"the user {User}; check --broker-user and --broker-password-file";
        return $"the broker at {this} refuses ({said}) {what}";
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? one = exception; one is not null; one = one.InnerException)
        {
            yield return one;
        }
    }

    private bool Judge(MqttClientCertificateValidationEventArgs met)
    {
        if (met.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || met.Certificate is null)
        {
            throw new BrokerDistrustException("it shows no certificate");
        }

        if (met.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            throw new BrokerDistrustException($"its certificate \"{met.Certificate.Subject}\" is not for {Host}; name the host as in the certificate");
        }

        if (Authorities is null)
        {
            return !met.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
                ? true
                : throw new BrokerDistrustException($"its certificate \"{met.Certificate.Subject}\" leads to no authority of this system ({StatusOf(met.Chain)}); name its own with --broker-ca FILE");
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ServerAuthentication));
        foreach (X509ChainElement sent in met.Chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(sent.Certificate);
        }

        using X509Certificate2 own = X509CertificateLoader.LoadCertificate(met.Certificate.GetRawCertData());
        return chain.Build(own)
            ? true
            : throw new BrokerDistrustException($"its certificate \"{own.Subject}\" is not from an authority of --broker-ca, or not valid ({StatusOf(chain)})");
    }

    private static string StatusOf(X509Chain? chain) => string.Join(", ", (chain?.ChainStatus ?? []).Select(status => status.Status).Distinct());
}

/// <summary>The broker has answered and refuses what this party wants; the message says what to do.</summary>
internal sealed class BrokerRefusalException(string message) : MqttCommunicationException(message);

/// <summary>The broker could not prove who it is.</summary>
internal sealed class BrokerDistrustException(string message) : AuthenticationException(message);
