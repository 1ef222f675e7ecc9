// A calibration map: values over two axes with equal steps, read with bilinear interpolation in whole numbers.
// Invariant: an operating point outside the axes takes the value at their edge; nothing is ever extrapolated.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications;

/// <summary>One axis: <see cref="Count"/> points from <see cref="First"/> in equal steps.</summary>
public sealed class Axis
{
    /// <summary>Position of the first point.</summary>
    public readonly int First;

    /// <summary>Distance of two points.</summary>
    public readonly int Step;

    /// <summary>Number of points, two or more.</summary>
    public readonly int Count;

    /// <summary>Makes an axis.</summary>
    public Axis(int first, int step, int count)
    {
        First = first;
        Step = step;
        Count = count;
    }

    /// <summary>Position on the axis in steps of 1/<see cref="Step"/> from the first point, kept within the axis.</summary>
    public int Clamp(int position)
    {
        int offset = position - First;
        int last = (Count - 1) * Step;
        return offset < 0 ? 0 : offset > last ? last : offset;
    }
}

/// <summary>Values over two axes, row by row: one row for each point of <see cref="Rows"/>.</summary>
public sealed class Map
{
    /// <summary>The slower axis.</summary>
    public readonly Axis Rows;

    /// <summary>The faster axis.</summary>
    public readonly Axis Columns;

    /// <summary>The values.</summary>
    public readonly short[] Values;

    /// <summary>Makes a map over <paramref name="values"/>, whose length must be the product of both counts.</summary>
    public Map(Axis rows, Axis columns, short[] values)
    {
        Rows = rows;
        Columns = columns;
        Values = values;
    }

    /// <summary>True when the values fill the axes exactly.</summary>
    public bool IsComplete
    {
        get { return Values.Length == Rows.Count * Columns.Count; }
    }

    /// <summary>Value at an operating point, interpolated between its four neighbours.</summary>
    public int At(int row, int column)
    {
        int rowOffset = Rows.Clamp(row);
        int columnOffset = Columns.Clamp(column);
        int i = rowOffset / Rows.Step;
        int j = columnOffset / Columns.Step;
        int i2 = i + 1 < Rows.Count ? i + 1 : i;
        int j2 = j + 1 < Columns.Count ? j + 1 : j;
        int u = rowOffset - (i * Rows.Step);
        int v = columnOffset - (j * Columns.Step);
        int low = Between(Values[(i * Columns.Count) + j], Values[(i * Columns.Count) + j2], v, Columns.Step);
        int high = Between(Values[(i2 * Columns.Count) + j], Values[(i2 * Columns.Count) + j2], v, Columns.Step);
        return Between(low, high, u, Rows.Step);
    }

    /// <summary>True when no value along a row is higher than the one before it.</summary>
    public bool FallsAlongRows()
    {
        for (int row = 0; row < Rows.Count; row++)
        {
            int start = row * Columns.Count;
            for (int i = start + 1; i < start + Columns.Count; i++)
            {
                if (Values[i] > Values[i - 1])
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>True when no value along a row is lower than the one before it.</summary>
    public bool RisesAlongRows()
    {
        for (int row = 0; row < Rows.Count; row++)
        {
            int start = row * Columns.Count;
            for (int i = start + 1; i < start + Columns.Count; i++)
            {
                if (Values[i] < Values[i - 1])
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>True when every value lies in a range.</summary>
    public bool IsWithin(int lowest, int highest)
    {
        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i] < lowest || Values[i] > highest)
            {
                return false;
            }
        }

        return true;
    }

    private static int Between(int from, int to, int part, int whole)
    {
        return from + ((to - from) * part / whole);
    }
}
