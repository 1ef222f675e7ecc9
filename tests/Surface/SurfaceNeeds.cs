// Which facts of the base library a program needs: computed from a build against the full listing, so that the part
// kept in tests/Surface/*.api can be brought up to date instead of being written by hand.
// Two sources are joined: symbols that the sources name, and references in the emitted image, where the compiler's own
// helpers stand (array initialisers, string switches).
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace EsyncTests.Surface;

/// <summary>Collects the facts that builds need of one assembly.</summary>
internal sealed class SurfaceNeeds(IAssemblySymbol library)
{
    // What the compiler asks for by itself, used or not.
    private static readonly string[] Predefined =
    [
        "System.Object", "System.ValueType", "System.Enum", "System.Void", "System.Boolean", "System.Char", "System.SByte", "System.Byte", "System.Int16",
        "System.UInt16", "System.Int32", "System.UInt32", "System.Int64", "System.UInt64", "System.Single", "System.Double", "System.String", "System.IntPtr",
        "System.UIntPtr", "System.Array", "System.Delegate", "System.MulticastDelegate", "System.Attribute", "System.Exception", "System.RuntimeFieldHandle",
        "System.RuntimeTypeHandle",
    ];

    // What the compiler asks for when it writes attributes of its own (indexers, params, ref safety rules).
    private static readonly string[] PredefinedWhole = ["System.AttributeUsageAttribute", "System.ParamArrayAttribute", "System.Reflection.DefaultMemberAttribute"];

    private readonly SortedSet<string> _facts = new(StringComparer.Ordinal);

    /// <summary>The facts, in order.</summary>
    public IReadOnlyCollection<string> Facts
    {
        get
        {
            foreach (string name in Predefined)
            {
                INamedTypeSymbol? type = library.GetTypeByMetadataName(name);
                AddType(type);

                // Bounds of integers are constants: they cost the target nothing, and are kept used or not.
                foreach (ISymbol bound in type?.GetMembers().Where(m => m is IFieldSymbol { IsConst: true }) ?? [])
                {
                    AddMember(bound);
                }
            }

            foreach (ISymbol member in PredefinedWhole.SelectMany(name => library.GetTypeByMetadataName(name)?.GetMembers() ?? []))
            {
                AddMember(member);
            }

            return _facts;
        }
    }

    /// <summary>Adds what a build needs.</summary>
    public SurfaceNeeds Add(SurfaceBuild build)
    {
        foreach (SyntaxTree tree in build.Compilation.SyntaxTrees)
        {
            SemanticModel model = build.Compilation.GetSemanticModel(tree);
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                AddSymbol(model.GetSymbolInfo(node).Symbol);
                AddSymbol(model.GetDeclaredSymbol(node));
                TypeInfo type = model.GetTypeInfo(node);
                AddSymbol(type.Type);
                AddSymbol(type.ConvertedType);
            }
        }

        if (build.Image.Length > 0)
        {
            AddImage(build.Image);
        }

        return this;
    }

    private void AddSymbol(ISymbol? symbol)
    {
        switch (symbol)
        {
            case null:
                return;
            case ITypeSymbol type:
                AddType(type);
                return;
            case IMethodSymbol method:
                AddMember(method.AssociatedSymbol ?? method);
                AddMember(method.OverriddenMethod);
                return;
            case IPropertySymbol property:
                AddMember(property);
                AddMember(property.OverriddenProperty);
                return;
            default:
                AddMember(symbol);
                return;
        }
    }

    private void AddType(ITypeSymbol? type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                AddType(array.ElementType);
                return;
            case not INamedTypeSymbol:
                return;
        }

        var named = (INamedTypeSymbol)type;
        bool isOurs = !SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, library);
        if (isOurs || named.IsGenericType || named.ContainingType is not null || !_facts.Add(ApiNotation.KindFact(named)))
        {
            if (isOurs && named.BaseType is { } above)
            {
                AddType(above);
                if (named.TypeKind == TypeKind.Class)
                {
                    AddParameterlessConstructor(above);
                }
            }

            return;
        }

        AddType(named.BaseType);
        if (named.TypeKind == TypeKind.Delegate)
        {
            AddTypesOf(named.DelegateInvokeMethod!);
        }

        if (named.BaseType is { } parent && ApiNotation.BasesOf(named).Contains(parent, SymbolEqualityComparer.Default))
        {
            _facts.Add(ApiNotation.BaseFact(named, parent));
        }
    }

    // What the constructor of a class calls that says nothing else; a part that is kept of another assembly has such ones.
    private void AddParameterlessConstructor(INamedTypeSymbol type)
    {
        foreach (IMethodSymbol constructor in type.InstanceConstructors.Where(c => c.Parameters.Length == 0))
        {
            AddMember(constructor);
        }
    }

    private void AddMember(ISymbol? member)
    {
        bool isOfLibrary = member is not null && SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, library);
        if (!isOfLibrary || member!.ContainingType is not { IsGenericType: false } owner || !ApiNotation.IsFact(member) || !_facts.Add(ApiNotation.MemberFact(member)))
        {
            return;
        }

        AddType(owner);
        AddTypesOf(member);
        AddMember((member as IMethodSymbol)?.OverriddenMethod ?? (member as IPropertySymbol)?.OverriddenProperty as ISymbol);
    }

    private void AddTypesOf(ISymbol member)
    {
        (ITypeSymbol? result, IEnumerable<IParameterSymbol> parameters) = member switch
        {
            IMethodSymbol method => (method.ReturnType, method.Parameters),
            IPropertySymbol property => (property.Type, property.Parameters),
            IFieldSymbol field => (field.Type, []),
            IEventSymbol happening => (happening.Type, Enumerable.Empty<IParameterSymbol>()),
            _ => (null, []),
        };
        AddType(result);
        foreach (IParameterSymbol parameter in parameters)
        {
            AddType(parameter.Type);
        }
    }

    private void AddImage(byte[] image)
    {
        using var file = new PEReader(new MemoryStream(image));
        MetadataReader metadata = file.GetMetadataReader();
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference reference = metadata.GetMemberReference(handle);
            if (reference.Parent.Kind == HandleKind.TypeReference)
            {
                TypeReference owner = metadata.GetTypeReference((TypeReferenceHandle)reference.Parent);
                string name = $"{metadata.GetString(owner.Namespace)}.{metadata.GetString(owner.Name)}";
                AddHelper(name, metadata.GetString(reference.Name), ParameterCount(metadata.GetBlobReader(reference.Signature)));
            }
        }

    }

    // Attributes for debuggers are written because the full library has them, and left out where it does not. Overloads with the same number of parameters are told apart by the sources, which name them; helpers of the
    // compiler are not overloaded.
    private void AddHelper(string type, string name, int parameterCount)
    {
        if (type.StartsWith("System.Diagnostics.", StringComparison.Ordinal))
        {
            return;
        }

        IMethodSymbol[] candidates = [.. (library.GetTypeByMetadataName(type)?.GetMembers(name) ?? []).OfType<IMethodSymbol>().Where(m => m.Parameters.Length == parameterCount)];
        if (!candidates.Any(m => ApiNotation.IsFact(m) && _facts.Contains(ApiNotation.MemberFact(m))))
        {
            foreach (IMethodSymbol method in candidates)
            {
                AddSymbol(method);
            }
        }
    }

    private static int ParameterCount(BlobReader signature)
    {
        SignatureHeader header = signature.ReadSignatureHeader();
        return header.Kind == SignatureKind.Method ? signature.ReadCompressedInteger() : -1;
    }
}
