// What a key may sign. A key has one role for life: the ECU wants one valid signature of each role, so one stolen key
// installs nothing.
// Numbers are those of the provisioning record (PROTOCOL.md, "Provisioning").
// Tests: tests/host-sim/Signing.
using EsyncAgent;

namespace EsyncSim.Signing;

/// <summary>Role of a trust anchor; the numbers are on the wire.</summary>
public enum SigningRole : byte
{
    /// <summary>Maker of the image.</summary>
    Author = TrustRole.Author,

    /// <summary>Maker of the vehicle.</summary>
    Oem = TrustRole.Oem,

    /// <summary>Signer of collection rules.</summary>
    Rules = TrustRole.Rules,

    /// <summary>Signer of vehicle manifests; known to the client only.</summary>
    Fleet = TrustRole.Fleet,
}

/// <summary>Names of the roles, as they stand in files and on the command line.</summary>
public static class SigningRoles
{
    /// <summary>All names, in the order of the numbers.</summary>
    public static readonly string[] Names = ["author", "oem", "rules", "fleet"];

    /// <summary>The role's name.</summary>
    public static string Name(this SigningRole role) => Names[(int)role - 1];

    /// <summary>The role of this name.</summary>
    /// <returns>False when there is none.</returns>
    public static bool TryParse(string name, out SigningRole role)
    {
        int index = Array.IndexOf(Names, name);
        role = (SigningRole)(index + 1);
        return index >= 0;
    }
}
