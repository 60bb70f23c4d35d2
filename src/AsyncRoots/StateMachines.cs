using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace AsyncRoots;

/// <summary>
/// Finds the async methods of an assembly whose result is a reference: of those the ReadyToRun compiler leaves out what continues them, so each
/// that waits for the first time costs the start six compilations. Others it compiles by itself.
/// </summary>
internal static class StateMachines
{
    /// <summary>O(types).</summary>
    public static void AddTo(ProfileWriter profile, string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata || file.GetMetadataReader() is not { IsAssembly: true } metadata) return;
        profile.BeginAssembly(metadata);
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if (IsClosable(metadata, type) && GivesReference(metadata, type)) profile.Add(handle);
        }

        profile.EndAssembly();
    }

    /// <summary>Whether any reference can stand for its type parameters: all references share their code.</summary>
    private static bool IsClosable(MetadataReader metadata, TypeDefinition type) => type.GetGenericParameters().All(each =>
        metadata.GetGenericParameter(each) is var parameter && parameter.GetConstraints().Count == 0
            && !parameter.Attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint));

    private static bool GivesReference(MetadataReader metadata, TypeDefinition type)
    {
        foreach (var handle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            // So C# names it in each struct that it makes of an async method.
            if (metadata.StringComparer.Equals(field.Name, "<>t__builder")) return IsOfReference(metadata, metadata.GetBlobReader(field.Signature));
        }

        return false;
    }

    /// <summary>Whether a field's type is a builder of a task, or a value task, of a reference (ECMA-335, II.23.2).</summary>
    private static bool IsOfReference(MetadataReader metadata, BlobReader signature)
    {
        if (signature.ReadSignatureHeader().Kind != SignatureKind.Field) return false;
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return false;
        signature.ReadCompressedInteger();
        if (NameOf(metadata, signature.ReadTypeHandle()) is not ("AsyncTaskMethodBuilder`1" or "AsyncValueTaskMethodBuilder`1")) return false;
        signature.ReadCompressedInteger();
        const int Class = 0x12;
        var result = signature.ReadCompressedInteger();
        if (result == (int)SignatureTypeCode.GenericTypeInstance) result = signature.ReadCompressedInteger();
        return result == Class || (SignatureTypeCode)result is SignatureTypeCode.String or SignatureTypeCode.Object or SignatureTypeCode.SZArray
            or SignatureTypeCode.GenericTypeParameter or SignatureTypeCode.GenericMethodParameter;
    }

    private static string NameOf(MetadataReader metadata, EntityHandle type) => metadata.GetString(type.Kind == HandleKind.TypeReference
        ? metadata.GetTypeReference((TypeReferenceHandle)type).Name
        : metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name);
}
