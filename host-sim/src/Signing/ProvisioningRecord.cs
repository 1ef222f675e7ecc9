// The record that makes a new ECU somebody's: device identifier, device secret and trust anchors, sent once by routine 0220.
// Clause: PROTOCOL.md, "Provisioning".
// Tests: tests/host-sim/Signing.
namespace EsyncSim.Signing;

/// <summary>Builds provisioning records.</summary>
public static class ProvisioningRecord
{
    /// <summary>Anchors that one record may carry.</summary>
    public const int AnchorCountMax = 8;

    /// <summary>Option record of 31 01 0220: identifier ‖ secret ‖ count ‖ count × (role ‖ public key).</summary>
    /// <exception cref="UserErrorException">No anchor, more than eight, or one key twice.</exception>
    public static byte[] Build(byte[] deviceId, byte[] deviceSecret, IReadOnlyList<TrustAnchor> anchors)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(deviceId.Length, DeviceFile.DeviceIdLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(deviceSecret.Length, DeviceFile.DeviceSecretLength);
        if (anchors.Count is 0 or > AnchorCountMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"an ECU takes 1 to {AnchorCountMax} trust anchors, not {anchors.Count}");
        }

        HashSet<string> seen = [];
        List<byte> record = [.. deviceId, .. deviceSecret, (byte)anchors.Count];
        foreach (TrustAnchor anchor in anchors)
        {
            if (!seen.Add(Convert.ToHexStringLower(anchor.PublicKey)))
            {
                throw new UserErrorException(ExitCode.KeyProblem, $"the key {Convert.ToHexStringLower(anchor.KeyId)} stands twice among the trust anchors; a key has one role");
            }

            record.Add((byte)anchor.Role);
            record.AddRange(anchor.PublicKey);
        }

        return [.. record];
    }
}
