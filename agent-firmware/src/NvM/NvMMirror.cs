// The value of every block as it was written last, stored or not, and which of them are not what is stored: the only copy in RAM.
// Invariant: a block that is not changed holds the bytes that are stored, so that they can be stored again from here.
// Must not know where and how they are stored.
// Tests: tests/agent-firmware/NvM/NvMTests.cs.
using System;

namespace EsyncAgent;

/// <summary>Values of the blocks.</summary>
internal sealed class NvMMirror
{
    /// <summary>Values, each in an array of the block's largest length.</summary>
    internal readonly byte[][] Values = new byte[NvMBlock.Count][];

    /// <summary>Length of each value; 0 when it was never written.</summary>
    internal readonly int[] Lengths = new int[NvMBlock.Count];
    private int _changedMask;

    internal NvMMirror(NvMConfig config)
    {
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            Values[block] = new byte[config.LengthMax[block]];
        }
    }

    /// <summary>Takes a value that was found stored.</summary>
    internal void Load(byte block, byte[] from, int offset, int length)
    {
        Array.Copy(from, offset, Values[block], 0, length);
    }

    /// <summary>Takes a new value; false when it is of wrong length.</summary>
    internal bool Take(byte block, byte[] from, int offset, int length)
    {
        if (length <= 0 || length > Values[block].Length)
        {
            return false;
        }

        Array.Copy(from, offset, Values[block], 0, length);
        Lengths[block] = length;
        _changedMask |= 1 << block;
        return true;
    }

    /// <summary>True when the value is not the one that is stored.</summary>
    internal bool IsChanged(byte block)
    {
        return (_changedMask & (1 << block)) != 0;
    }

    /// <summary>The value is the one that is stored.</summary>
    internal void MarkStored(byte block)
    {
        _changedMask &= ~(1 << block);
    }
}
