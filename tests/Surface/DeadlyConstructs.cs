// What the compiler accepts and the target's interpreter does not survive, or does silently otherwise:
// generic types and methods of our own, any use of Func<> and its like, multi-dimensional arrays, stackalloc, default
// interface methods, checked arithmetic, the name of an enum value.
// Syntax gives the line; the types of expressions give what no syntax shows (a lambda in `var` is a Func<>); the
// emitted image gives what the compiler adds.
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EsyncTests.Surface;

/// <summary>Finds constructs that must not reach a board.</summary>
internal static class DeadlyConstructs
{
    private const byte ElementTypeArray = 0x14;
    private const byte ElementTypeGenericInstance = 0x15;

    /// <summary>One line for each finding: file(line): construct.</summary>
    public static IReadOnlyList<string> Find(SurfaceBuild build)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (SyntaxTree tree in build.Compilation.SyntaxTrees)
        {
            SemanticModel model = build.Compilation.GetSemanticModel(tree);
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                if ((BySyntax(node) ?? ByMeaning(node, model)) is { } construct)
                {
                    found.Add($"{tree.FilePath}({node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {construct}");
                }
            }
        }

        // The image repeats what the sources show; it is asked only when they show nothing.
        return found.Count > 0 ? [.. found] : [.. InImage(build.Image)];
    }

    private static string? BySyntax(SyntaxNode node) => node switch
    {
        TypeParameterListSyntax => "generic type or method of our own",
        GenericNameSyntax generic => $"generic {generic.Identifier.Text}<>",
        ArrayRankSpecifierSyntax { Rank: > 1 } => "multi-dimensional array",
        ImplicitArrayCreationExpressionSyntax { Commas.Count: > 0 } => "multi-dimensional array",
        StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax => "stackalloc",
        CheckedExpressionSyntax when node.IsKind(SyntaxKind.CheckedExpression) => "checked",
        CheckedStatementSyntax when node.IsKind(SyntaxKind.CheckedStatement) => "checked",
        AnonymousObjectCreationExpressionSyntax => "anonymous type, which is a generic class",
        InterfaceDeclarationSyntax contract when contract.Members.Any(HasBody) => "default interface method",
        _ => null,
    };

    private static bool HasBody(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        PropertyDeclarationSyntax property => property.ExpressionBody is not null || HasBody(property.AccessorList),
        IndexerDeclarationSyntax indexer => indexer.ExpressionBody is not null || HasBody(indexer.AccessorList),
        EventDeclarationSyntax happening => HasBody(happening.AccessorList),
        BaseTypeDeclarationSyntax => false,
        _ => member.Modifiers.Any(SyntaxKind.StaticKeyword),
    };

    private static bool HasBody(AccessorListSyntax? accessors) =>
        accessors?.Accessors.Any(a => a.Body is not null || a.ExpressionBody is not null) ?? false;

    private static string? ByMeaning(SyntaxNode node, SemanticModel model)
    {
        if (node is not ExpressionSyntax expression)
        {
            return null;
        }

        TypeInfo info = model.GetTypeInfo(expression);
        if ((info.Type ?? info.ConvertedType) is INamedTypeSymbol { IsGenericType: true } generic)
        {
            return $"generic {generic.Name}<>";
        }

        return model.GetSymbolInfo(expression).Symbol is IMethodSymbol { Name: "ToString", Parameters.Length: 0 }
            && node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            && model.GetTypeInfo(access.Expression).Type is { TypeKind: TypeKind.Enum }
                ? "Enum.ToString(), which gives the number on the target"
                : null;
    }

    private static IEnumerable<string> InImage(byte[] image)
    {
        if (image.Length == 0)
        {
            yield break;
        }

        using var file = new PEReader(new MemoryStream(image));
        MetadataReader metadata = file.GetMetadataReader();
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            if (type.GetGenericParameters().Count > 0)
            {
                yield return $"image: generic type {metadata.GetString(type.Name)}, made by the compiler";
            }
        }

        if (metadata.GetTableRowCount(TableIndex.MethodSpec) > 0)
        {
            yield return "image: instance of a generic method";
        }

        for (int row = 1; row <= metadata.GetTableRowCount(TableIndex.TypeSpec); row++)
        {
            byte kind = metadata.GetBlobReader(metadata.GetTypeSpecification(MetadataTokens.TypeSpecificationHandle(row)).Signature).ReadByte();
            if (kind is ElementTypeArray or ElementTypeGenericInstance)
            {
                yield return kind == ElementTypeArray ? "image: multi-dimensional array" : "image: instance of a generic type";
            }
        }
    }
}
