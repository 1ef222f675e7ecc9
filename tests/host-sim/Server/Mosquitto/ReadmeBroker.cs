// mosquitto as host-sim/README.md, "A broker of your own", has it configured: the two files are read out of that page, and nothing is
// changed in them but folders and ports. Certificates and passwords are the test's.
using System.Diagnostics;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server.Mosquitto;

/// <summary>The README's broker.</summary>
internal sealed class ReadmeBroker : IAsyncDisposable
{
    private const string Server = "esync-server";
    private const string Password = "a password with blanks";

    private readonly Folder _folder;
    private readonly MosquittoBroker _broker;
    private readonly int _passwordPort;

    private ReadmeBroker(Folder folder, TestAuthority authority, MosquittoBroker broker, int passwordPort)
    {
        _folder = folder;
        _broker = broker;
        _passwordPort = passwordPort;
        Authority = authority;
    }

    /// <summary>Who issued all certificates.</summary>
    internal TestAuthority Authority { get; }

    /// <summary>The process.</summary>
    internal MosquittoBroker Process => _broker;

    /// <summary>Address of the listener that wants certificates.</summary>
    internal string Address => $"mqtts://127.0.0.1:{_broker.Port}";

    /// <summary>Address of the listener that wants passwords.</summary>
    internal string PasswordAddress => $"mqtts://127.0.0.1:{_passwordPort}";

    /// <summary>Starts it with its files in a folder; passwords are for the server, the bench and V1.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="host">The host that its certificate is for.</param>
    internal static async Task<ReadmeBroker> StartAsync(Folder folder, string host = "127.0.0.1")
    {
        TestAuthority authority = new("test authority");
        authority.WriteTo(folder, "ca.crt");
        authority.WriteBroker(folder, "broker", host);
        string[] blocks = Blocks();
        await File.WriteAllTextAsync(folder["topics"], blocks[1]);
        foreach (string user in new[] { Server, "esync-bench", "V1" })
        {
            SetPassword(folder, user);
        }

        int[] ports = MosquittoBroker.FreePorts(2);
        string configuration = blocks[0]
            .Replace("/etc/mosquitto/esync/", folder[string.Empty].TrimEnd('/') + "/", StringComparison.Ordinal)
            .Replace("/var/lib/mosquitto/", folder[string.Empty].TrimEnd('/') + "/", StringComparison.Ordinal)
            .Replace("listener 8883", $"listener {ports[0]} 127.0.0.1", StringComparison.Ordinal)
            .Replace("listener 8884", $"listener {ports[1]} 127.0.0.1", StringComparison.Ordinal);
        return new ReadmeBroker(folder, authority, await MosquittoBroker.StartAsync(folder, configuration, ports), ports[1]);
    }

    /// <summary>The way to it for the server, by its certificate.</summary>
    internal BrokerAccess AsServer() => As(Server);

    /// <summary>The way to it for whoever the authority gives a certificate of this common name.</summary>
    internal BrokerAccess As(string commonName) => Authority.AccessOf(Address, _folder, commonName);

    /// <summary>The way to it for a user.</summary>
    internal BrokerAccess ByPassword(string user, string password = Password) =>
        BrokerAccess.Parse(PasswordAddress) with { Authorities = Authority.Certificates, User = user, Password = password };

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Authority.Dispose();
    }

    // The fenced blocks of the section, in order.
    private static string[] Blocks()
    {
        string page = Repository.Read("host-sim/README.md");
        string section = page.Split("### A broker of your own\n")[1].Split("\n## ")[0];
        string[] parts = section.Split("```\n");
        return [.. parts.Where((_, i) => i % 2 == 1)];
    }

    private static void SetPassword(Folder folder, string user)
    {
        string[] create = File.Exists(folder["passwords"]) ? [] : ["-c"];
        using Process tool = System.Diagnostics.Process.Start("/usr/bin/mosquitto_passwd", [.. create, "-b", folder["passwords"], user, Password]);
        tool.WaitForExit();
        Assert.Equal(0, tool.ExitCode);
    }
}
