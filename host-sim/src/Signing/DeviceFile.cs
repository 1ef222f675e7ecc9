// What its owner keeps about one ECU: the device identifier and the device secret that it was provisioned with. Whoever has
// this file has access to the ECU, so it is readable by its owner only and never part of a configuration or of git.
// Clause: PROTOCOL.md, "Access", "Provisioning" and "Content encryption".
// Tests: tests/host-sim/Signing.
using System.Security.Cryptography;
using EsyncSim.Files;

namespace EsyncSim.Signing;

/// <summary>Identity and secret of one ECU.</summary>
/// <param name="DeviceId">Device identifier, 16 bytes; no secret.</param>
/// <param name="DeviceSecret">Device secret, 32 bytes.</param>
public sealed record DeviceFile(byte[] DeviceId, byte[] DeviceSecret)
{
    /// <summary>First value of the file, with its version.</summary>
    public const string Format = "esync-device/1";

    /// <summary>Bytes of a device identifier.</summary>
    public const int DeviceIdLength = 16;

    /// <summary>Bytes of a device secret.</summary>
    public const int DeviceSecretLength = 32;

    private const string What = "device file";
    private const int FileLengthMax = 4096;

    /// <summary>A new random secret for a device.</summary>
    public static DeviceFile Create(byte[] deviceId) => new(deviceId, RandomNumberGenerator.GetBytes(DeviceSecretLength));

    /// <summary>The 32-byte key that content keys are wrapped with for this device: HMAC-SHA256(device secret, label ‖ device identifier).</summary>
    public byte[] KeyWrapKey() => HMACSHA256.HashData(DeviceSecret, (byte[])[.. "esync/v1/key-wrap"u8, .. DeviceId]);

    /// <summary>Reads a device file.</summary>
    /// <exception cref="UserErrorException">Missing or malformed.</exception>
    public static DeviceFile Load(string path)
    {
        FileForm form = KeyJson.Parse<FileForm>(AtomicFile.ReadInput(path, What, FileLengthMax), path, What, Format, form => form.Format);
        return new DeviceFile(
            KeyJson.Hex(form.DeviceId, DeviceIdLength, path, What, "deviceId"),
            KeyJson.Hex(form.DeviceSecret, DeviceSecretLength, path, What, "deviceSecret"));
    }

    /// <summary>Writes the device file, readable by its owner only. An existing one is never overwritten: its secret cannot be made again.</summary>
    /// <exception cref="UserErrorException">It is there already, or cannot be written.</exception>
    public void Save(string path)
    {
        if (File.Exists(path))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{path} is there already; a device file is never overwritten, because the ECU cannot be reached without its secret");
        }

        FileForm form = new() { Format = Format, DeviceId = Convert.ToHexStringLower(DeviceId), DeviceSecret = Convert.ToHexStringLower(DeviceSecret) };
        AtomicFile.WriteOutput(path, KeyJson.Write(form), isSecret: true);
    }

    private sealed class FileForm
    {
        public required string Format { get; init; }

        public required string DeviceId { get; init; }

        public required string DeviceSecret { get; init; }
    }
}
