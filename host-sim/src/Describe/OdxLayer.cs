// One ECU as an ODX base variant: functional classes, dictionary, services with their messages, sessions and access as state charts,
// communication parameters. Services are added; what they refer to follows.
// Invariants: elements stand in the order of the standard; every negative response is the one of the layer, which holds all codes.
// Clause: ISO 22901-1:2008 §7.3.2 to 7.3.4. Tests: tests/host-sim/Describe/OdxTests.cs.
using System.Xml.Linq;
using EsyncSim.Client;

namespace EsyncSim.Describe;

/// <summary>A service to describe.</summary>
/// <param name="Name">Short name.</param>
/// <param name="LongName">Name for people.</param>
/// <param name="Class">Functional class.</param>
/// <param name="Semantic">What kind of service, as ODX names it.</param>
/// <param name="Request">Its request.</param>
/// <param name="Response">Its positive response.</param>
internal sealed record OdxService(string Name, string LongName, string Class, string Semantic, OdxMessage Request, OdxMessage Response)
{
    /// <summary>Sessions in which it is there; empty for all.</summary>
    public IReadOnlyList<string> Sessions { get; init; } = [];

    /// <summary>True when it needs access.</summary>
    public bool NeedsAccess { get; init; }

    /// <summary>True when its positive response can be suppressed.</summary>
    public bool IsSuppressible { get; init; }

    /// <summary>Transitions that it brings about.</summary>
    public IReadOnlyList<string> Transitions { get; init; } = [];
}

/// <summary>Makes a BASE-VARIANT.</summary>
/// <param name="name">Name of the ECU: begins all IDs.</param>
internal sealed class OdxLayer(string name)
{
    private static readonly (string From, string To)[] SessionSteps =
    [
        ("default", "extended"), ("extended", "programming"), ("extended", "default"), ("programming", "default"), ("programming", "extended"),
    ];

    private readonly List<OdxService> _services = [];

    /// <summary>Its dictionary.</summary>
    public OdxDictionary Types { get; } = new(name);

    /// <summary>The services so far.</summary>
    public IReadOnlyList<OdxService> Services => _services;

    /// <summary>Adds a service.</summary>
    public void Add(OdxService service) => _services.Add(service);

    /// <summary>The layer.</summary>
    /// <param name="longName">Name for people.</param>
    /// <param name="comparams">COMPARAM-REFS.</param>
    /// <param name="protocolId">The protocol layer.</param>
    public XElement ToXml(string longName, XElement comparams, string protocolId)
    {
        string codes = Types.Table("nrc", 1, Enumerable.Range(1, 255).Where(code => NrcText.Of((byte)code) != "reserved").Select(code => ((long)code, NrcText.Of((byte)code))));
        XElement negative = Odx.Named(
            "GLOBAL-NEG-RESPONSE", Id("GNR", "negative"), "negative", "negative response",
            new XElement("PARAMS", new OdxMessage().Constant("sid", 0x7F, 1, "SERVICE-ID").Repeat("request_sid", 1, 0, "SERVICEIDRQ").Value("nrc", 1, codes).Parameters));
        return Odx.Named(
            "BASE-VARIANT", Id("BV", name), name, longName,
            new XElement("FUNCT-CLASSS", _services.Select(service => service.Class).Distinct().Select(one => Odx.Named("FUNCT-CLASS", Id("FC", one), one, one))),
            Types.ToXml(),
            new XElement("DIAG-COMMS", _services.Select(Service)),
            new XElement("REQUESTS", _services.Select(service => Message("REQUEST", "RQ", service, service.Request))),
            new XElement("POS-RESPONSES", _services.Select(service => Message("POS-RESPONSE", "PR", service, service.Response))),
            new XElement("GLOBAL-NEG-RESPONSES", negative),
            new XElement("STATE-CHARTS", Chart("session", "SESSION", "default", ["default", "programming", "extended"], SessionSteps), Chart("access", "SECURITY", "closed", ["closed", "open"], [("closed", "open"), ("open", "closed")])),
            comparams,
            new XElement("PARENT-REFS", new XElement("PARENT-REF", new XAttribute("ID-REF", protocolId), Odx.Type("PROTOCOL-REF"))));
    }

    /// <summary>Steps of the session chart that lead to a session.</summary>
    public static IReadOnlyList<string> StepsTo(string session) => [.. SessionSteps.Where(step => step.To == session).Select(step => $"session.{step.From}_to_{step.To}")];

    private string Id(string kind, string what) => $"{name}.{kind}.{what}";

    private XElement Service(OdxService service) => new(
        "DIAG-SERVICE", new XAttribute("ID", Id("DS", service.Name)), new XAttribute("SEMANTIC", service.Semantic), new XAttribute("ADDRESSING", "FUNCTIONAL-OR-PHYSICAL"),
        new XElement("SHORT-NAME", service.Name), new XElement("LONG-NAME", service.LongName),
        new XElement("FUNCT-CLASS-REFS", OdxDictionary.Ref("FUNCT-CLASS-REF", Id("FC", service.Class))),
        Refs("PRE-CONDITION-STATE-REFS", "PRE-CONDITION-STATE-REF", "STATE", [.. service.Sessions.Select(session => "session." + session), .. service.NeedsAccess ? ["access.open"] : Array.Empty<string>()]),
        Refs("STATE-TRANSITION-REFS", "STATE-TRANSITION-REF", "STEP", service.Transitions),
        OdxDictionary.Ref("REQUEST-REF", Id("RQ", service.Name)),
        new XElement("POS-RESPONSE-REFS", OdxDictionary.Ref("POS-RESPONSE-REF", Id("PR", service.Name))),
        service.IsSuppressible
            ? new XElement("POS-RESPONSE-SUPPRESSABLE", new XElement("BIT-MASK", "80"), new XElement("CODED-CONST-SNREF", new XAttribute("SHORT-NAME", "subfunction")))
            : null);

    private XElement? Refs(string group, string element, string kind, IReadOnlyList<string> targets) =>
        targets.Count == 0 ? null : new XElement(group, targets.Select(target => OdxDictionary.Ref(element, Id(kind, target))));

    private XElement Message(string element, string kind, OdxService service, OdxMessage message) =>
        Odx.Named(element, Id(kind, service.Name), $"{kind}_{service.Name}", service.LongName, new XElement("PARAMS", message.Parameters));

    private XElement Chart(string chart, string semantic, string start, string[] states, (string From, string To)[] steps) => new(
        "STATE-CHART", new XAttribute("ID", Id("CHART", chart)), new XElement("SHORT-NAME", chart), new XElement("SEMANTIC", semantic),
        new XElement("STATE-TRANSITIONS", steps.Select(step => new XElement(
            "STATE-TRANSITION", new XAttribute("ID", Id("STEP", $"{chart}.{step.From}_to_{step.To}")), new XElement("SHORT-NAME", $"{step.From}_to_{step.To}"),
            new XElement("SOURCE-SNREF", new XAttribute("SHORT-NAME", step.From)), new XElement("TARGET-SNREF", new XAttribute("SHORT-NAME", step.To))))),
        new XElement("START-STATE-SNREF", new XAttribute("SHORT-NAME", start)),
        new XElement("STATES", states.Select(state => new XElement("STATE", new XAttribute("ID", Id("STATE", $"{chart}.{state}")), new XElement("SHORT-NAME", state)))));
}
