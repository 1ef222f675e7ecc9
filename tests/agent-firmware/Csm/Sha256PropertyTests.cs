// SHA-256 in general: the hash of any bytes, taken in any pieces, is the one that .NET computes.
using System.Security.Cryptography;
using EsyncSim.Crypto;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class Sha256PropertyTests
{
    [Fact]
    public void Pieces_do_not_matter()
    {
        Properties.Hold(Properties.Bytes(200).ListOf(), pieces =>
        {
            EsyncAgent.Sha256 sha256 = new EsyncAgent.Csm(new HostCrypto()).Sha256;
            sha256.Reset();
            pieces.ForEach(piece => sha256.Update([9, .. piece, 9], 1, piece.Length));
            byte[] hash = new byte[32];
            sha256.Finish(hash, 0);
            Assert.Equal(SHA256.HashData(pieces.SelectMany(piece => piece).ToArray()), hash);
        });
    }
}
