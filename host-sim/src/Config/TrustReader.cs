// Whose signatures an image needs, and how long they may be.
// Invariant: an image is never installed on the word of one key: author and oem are both required.
// Tests: tests/host-sim/Config/EcuRuleTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Reader of `trust`.</summary>
internal static class TrustReader
{
    private static readonly (string Name, byte Role)[] ImageRoles = [("author", TrustRole.Author), ("oem", TrustRole.Oem)];

    /// <summary>The roles in the order written, each once.</summary>
    public static IReadOnlyList<byte> RequiredRoles(ConfigSection trust, ConfigProblems problems)
    {
        ConfigNode? list = trust.Find("requiredRoles");
        if (list is { Kind: not ConfigNodeKind.List })
        {
            problems.Add(list, ConfigRule.Malformed, $"`requiredRoles` is {list.KindName}", "Write a list: [author, oem]");
            return [];
        }

        var roles = new List<byte>();
        foreach (ConfigNode item in list?.Items ?? [])
        {
            byte role = Array.Find(ImageRoles, r => r.Name == item.Text).Role;
            if (role == 0)
            {
                string reason = item.Text is "rules" or "fleet" ? $"Role `{item.Text}` signs other documents than images" : $"There is no role `{item.Text}`";
                problems.Add(item, ConfigRule.RoleNotForImages, reason, "An image is signed by author and oem");
            }
            else if (roles.Contains(role))
            {
                problems.Add(item, ConfigRule.DuplicateKey, $"Role `{item.Text}` stands here a second time", "Remove one of the two");
            }
            else
            {
                roles.Add(role);
            }
        }

        foreach ((string name, byte role) in ImageRoles)
        {
            if (!roles.Contains(role))
            {
                problems.Add(list ?? trust.At, ConfigRule.MissingRole, $"Role `{name}` is missing from `{trust.Path}.requiredRoles`: one stolen key could install an image", "Write requiredRoles: [author, oem]");
            }
        }

        return roles;
    }

    /// <summary>Length of the largest signature that the slots have to hold.</summary>
    public static uint SignatureLength(ConfigSection signature, ConfigProblems problems)
    {
        uint levels = signature.Number("levels", 1, 2, "the agent verifies one or two levels");
        uint height = OneOf(signature, "height", [5, 10, 15], "LMS_SHA256_M32 trees of RFC 8554 §5.1 that the agent verifies", problems);
        uint winternitz = OneOf(signature, "winternitz", [1, 2, 4, 8], "RFC 8554 §4.1", problems);
        signature.RefuseUnknown();
        return SlotSizes.HssSignatureLength(levels, height, winternitz);
    }

    private static uint OneOf(ConfigSection section, string key, uint[] values, string why, ConfigProblems problems)
    {
        uint value = section.Number(key, values[0], values[^1], why);
        if (!values.Contains(value))
        {
            problems.Add(section.Place(key), ConfigRule.OutOfRange, $"`{key}` is {value} ({why})", $"Write one of {string.Join(", ", values)}");
        }

        return value;
    }
}
