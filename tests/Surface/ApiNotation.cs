// The notation of tests/Surface/*.api: one fact about the target's API a line.
//
//   System.Array = abstract class                                        a type and its kind
//   System.Array < System.ICloneable                                     its base class or an interface
//   System.Array . static Clear(System.Array array, …) -> System.Void    a member
//   System.Array . Length {get} -> System.Int32
//   System.UInt32 . const MaxValue -> System.UInt32 = 4294967295
//
// A fact is made from a compiler symbol, and so two sources of symbols can be compared line by line.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EsyncTests.Surface;

/// <summary>Symbols to facts.</summary>
internal static class ApiNotation
{
    private static readonly SymbolDisplayFormat TypeFormat = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    /// <summary>All facts about a type and its public and protected members.</summary>
    public static IEnumerable<string> FactsOf(INamedTypeSymbol type) =>
        [KindFact(type), .. BasesOf(type).Select(b => BaseFact(type, b)), .. type.GetMembers().Where(IsFact).Select(MemberFact)];

    /// <summary>What a type derives from and implements, without what its kind says already.</summary>
    public static IEnumerable<INamedTypeSymbol> BasesOf(INamedTypeSymbol type)
    {
        bool isSaidByKind = type.TypeKind is TypeKind.Enum or TypeKind.Struct or TypeKind.Delegate;
        return type.BaseType is { SpecialType: not SpecialType.System_Object } parent && !isSaidByKind
            ? [parent, .. type.Interfaces]
            : type.Interfaces;
    }

    /// <summary>The line that says what a type is.</summary>
    public static string KindFact(INamedTypeSymbol type)
    {
        string kind = type.TypeKind switch
        {
            TypeKind.Interface => "interface",
            TypeKind.Struct => "struct",
            TypeKind.Enum => "enum " + Name(type.EnumUnderlyingType!),
            TypeKind.Delegate => $"delegate ({Parameters(type.DelegateInvokeMethod!.Parameters)}) -> {Name(type.DelegateInvokeMethod.ReturnType)}",
            _ => (type.IsStatic ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class",
        };
        return $"{Name(type)} = {kind}";
    }

    /// <summary>The line that names a base class or an interface.</summary>
    public static string BaseFact(INamedTypeSymbol type, INamedTypeSymbol parent) => $"{Name(type)} < {Name(parent)}";

    /// <summary>The line for a member.</summary>
    public static string MemberFact(ISymbol member)
    {
        string text = member switch
        {
            IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } value => $"{value.Name} = {value.ConstantValue}",
            IFieldSymbol { IsConst: true } constant => $"const {constant.Name} -> {Name(constant.Type)} = {SymbolDisplay.FormatPrimitive(constant.ConstantValue!, true, false)}",
            IFieldSymbol field => $"{(field.IsReadOnly ? "readonly " : "")}{field.Name} -> {Name(field.Type)}",
            IPropertySymbol property => $"{PropertyName(property)} {{{Accessors(property)}}} -> {Name(property.Type)}",
            IEventSymbol happening => $"event {happening.Name} -> {Name(happening.Type)}",
            IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => $"new({Parameters(constructor.Parameters)})",
            IMethodSymbol method => $"{MethodName(method)}({Parameters(method.Parameters)}) -> {Name(method.ReturnType)}",
            _ => throw new InvalidOperationException($"No notation for {member}."),
        };
        return $"{Name(member.ContainingType)} . {Modifiers(member)}{text}";
    }

    /// <summary>True for what the notation states: public or protected, written in the source, and not generic.</summary>
    public static bool IsFact(ISymbol member) =>
        member.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && !member.IsImplicitlyDeclared
        && member switch
        {
            IMethodSymbol method => !method.IsGenericMethod && method.MethodKind is MethodKind.Ordinary or MethodKind.Constructor or MethodKind.UserDefinedOperator or MethodKind.Conversion,
            IPropertySymbol or IEventSymbol => true,
            IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => true,
            IFieldSymbol { IsConst: true, ConstantValue: float or double } => false,
            IFieldSymbol => true,
            _ => false,
        };

    /// <summary>A type's full name, arrays included; nested ones are not part of the notation.</summary>
    public static string Name(ITypeSymbol type) => type.ToDisplayString(TypeFormat);

    private static string Modifiers(ISymbol member)
    {
        bool isOfEnum = member.ContainingType.TypeKind == TypeKind.Enum;
        bool isOfInterface = member.ContainingType.TypeKind == TypeKind.Interface;
        return (member.DeclaredAccessibility == Accessibility.Public ? "" : "protected ")
            + (member.IsStatic && !isOfEnum && member is not IFieldSymbol { IsConst: true } ? "static " : "")
            + (isOfInterface ? "" : member.IsAbstract ? "abstract " : member.IsOverride ? "override " : member.IsVirtual ? "virtual " : "");
    }

    private static string PropertyName(IPropertySymbol property) =>
        property.IsIndexer ? $"this[{Parameters(property.Parameters)}]" : property.Name;

    private static string Accessors(IPropertySymbol property) =>
        string.Join(' ', new[] { (property.GetMethod, "get"), (property.SetMethod, "set") }
            .Where(a => a.Item1 is { DeclaredAccessibility: Accessibility.Public or Accessibility.Protected })
            .Select(a => a.Item2));

    private static string MethodName(IMethodSymbol method) => method.MethodKind switch
    {
        MethodKind.UserDefinedOperator => "operator " + SyntaxFacts.GetText(SyntaxFacts.GetOperatorKind(method.MetadataName)),
        MethodKind.Conversion => method.MetadataName == "op_Implicit" ? "implicit operator" : "explicit operator",
        _ => method.Name,
    };

    private static string Parameters(IEnumerable<IParameterSymbol> parameters) => string.Join(", ", parameters.Select(p =>
        (p.IsParams ? "params " : p.RefKind switch { RefKind.Out => "out ", RefKind.Ref => "ref ", RefKind.In => "in ", _ => "" })
        + $"{Name(p.Type)} {p.Name}"
        + (p.HasExplicitDefaultValue ? " = " + (p.ExplicitDefaultValue is null ? "default" : SymbolDisplay.FormatPrimitive(p.ExplicitDefaultValue, true, false)) : "")));
}
