// Names of encodings (dataFormatIdentifier) for messages, reports and people: how the image is compressed, and whether it is
// encrypted as well.
// Clause: PROTOCOL.md, "Transfer". Tests: tests/host-sim/Client/UpdateImagesTests.cs.
using System.Globalization;

namespace EsyncSim.Client;

/// <summary>Names of encodings.</summary>
public static class EncodingText
{
    /// <summary>"full", "heatshrink" or "delta", with "+aes" behind it when encrypted; an unknown one as two hexadecimal digits.</summary>
    public static string Of(byte encoding) => encoding switch
    {
        0x00 => "full",
        0x10 => "heatshrink",
        0x20 => "delta",
        0x01 => "full+aes",
        0x11 => "heatshrink+aes",
        0x21 => "delta+aes",
        _ => encoding.ToString("X2", CultureInfo.InvariantCulture),
    };
}
