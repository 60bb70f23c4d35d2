using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace AsyncRoots;

/// <summary>
/// Writes a profile as the ReadyToRun compiler reads it (MIBC): an assembly with one method for each assembly that is told of, whose body
/// names the methods to be compiled, and one that names those methods.
/// </summary>
internal sealed class ProfileWriter
{
    private const string Core = "System.Private.CoreLib";

    private readonly MetadataBuilder _metadata = new();
    private readonly BlobBuilder _bodies = new();
    private readonly MethodBodyStreamEncoder _encoder;
    private readonly InstructionEncoder _dictionary = new(new BlobBuilder());
    private readonly AssemblyReferenceHandle _core;
    private readonly TypeReferenceHandle _box;
    private readonly BlobHandle _plain;
    private readonly (string Name, BlobHandle Signature)[] _members;

    private readonly Dictionary<TypeDefinitionHandle, TypeReferenceHandle> _types = [];
    private MetadataReader? _source;
    private AssemblyReferenceHandle _assembly;
    private InstructionEncoder _group;
    private int _inGroup;

    public ProfileWriter()
    {
        _encoder = new MethodBodyStreamEncoder(_bodies);
        _metadata.AddModule(0, Text("async.mibc"), _metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        _metadata.AddAssembly(Text("async"), new Version(1, 0), default, default, 0, AssemblyHashAlgorithm.None);
        _core = Reference(Core);
        // What continues an async method: the framework's own, private class around the method's struct.
        _box = Type(Type(_core, "System.Runtime.CompilerServices", "AsyncTaskMethodBuilder`1"), "", "AsyncStateMachineBox`1");
        var thread = Type(_core, "System.Threading", "Thread");
        var context = Type(_core, "System.Threading", "ExecutionContext");
        _plain = Signature(false, 0, static result => result.Void());
        _members =
        [
            (".cctor", _plain),
            ("MoveNext", Signature(true, 0, static result => result.Void())),
            ("MoveNext", Signature(true, 1, static result => result.Void(), each => each.AddParameter().Type().Type(thread, isValueType: false))),
            ("get_Context", Signature(true, 0, result => result.Type(isByRef: true).Type(context, isValueType: false))),
            ("ExecutionContextCallback", Signature(false, 1, static result => result.Void(), static each => each.AddParameter().Type().Object())),
            ("ClearStateUponCompletion", Signature(true, 0, static result => result.Void())),
        ];
    }

    /// <summary>How many async methods it names.</summary>
    public int Count { get; private set; }

    public void BeginAssembly(MetadataReader assembly)
    {
        _source = assembly;
        _assembly = Reference(assembly.GetString(assembly.GetAssemblyDefinition().Name));
        _types.Clear();
        (_group, _inGroup) = (new InstructionEncoder(new BlobBuilder()), 0);
    }

    /// <summary>All that continues an async method.</summary>
    /// <param name="stateMachine">The struct that it was made into; its type parameters stand for references.</param>
    public void Add(TypeDefinitionHandle stateMachine)
    {
        var blob = new BlobBuilder();
        var box = new BlobEncoder(blob).TypeSpecificationSignature().GenericInstantiation(_box, 2, isValueType: false);
        box.AddArgument().Object();
        var parameters = _source!.GetTypeDefinition(stateMachine).GetGenericParameters().Count;
        if (parameters == 0)
        {
            box.AddArgument().Type(Type(stateMachine), isValueType: true);
        }
        else
        {
            var instance = box.AddArgument().GenericInstantiation(Type(stateMachine), parameters, isValueType: true);
            for (var i = 0; i < parameters; i++) instance.AddArgument().Object();
        }

        var owner = _metadata.AddTypeSpecification(_metadata.GetOrAddBlob(blob));
        foreach (var (name, signature) in _members) Name(_group, _metadata.AddMemberReference(owner, Text(name), signature));
        _inGroup++;
        Count++;
    }

    public void EndAssembly()
    {
        if (_inGroup == 0) return;
        var name = _source!.GetString(_source.GetAssemblyDefinition().Name);
        // All assemblies that must be compiled together for it.
        _dictionary.LoadString(_metadata.GetOrAddUserString($"{name};{Core};"));
        Name(_dictionary, Define($"Assemblies_{name}", _group));
    }

    public byte[] Write()
    {
        Define("AssemblyDictionary", _dictionary);
        _metadata.AddTypeDefinition(
            default, default, Text("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(_metadata), _bodies).Serialize(image);
        return image.ToArray();
    }

    private static void Name(InstructionEncoder code, EntityHandle member)
    {
        code.OpCode(ILOpCode.Ldtoken);
        code.Token(member);
        code.OpCode(ILOpCode.Pop);
    }

    private MethodDefinitionHandle Define(string name, InstructionEncoder code)
    {
        code.OpCode(ILOpCode.Ret);
        return _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static, MethodImplAttributes.IL, Text(name), _plain, _encoder.AddMethodBody(code), default);
    }

    private BlobHandle Signature(bool isInstance, int parameters, Action<ReturnTypeEncoder> result, Action<ParametersEncoder>? each = null)
    {
        var blob = new BlobBuilder();
        new BlobEncoder(blob).MethodSignature(isInstanceMethod: isInstance).Parameters(parameters, result, each ?? (static _ => { }));
        return _metadata.GetOrAddBlob(blob);
    }

    private TypeReferenceHandle Type(TypeDefinitionHandle handle)
    {
        if (_types.TryGetValue(handle, out var known)) return known;
        var type = _source!.GetTypeDefinition(handle);
        EntityHandle scope = type.GetDeclaringType() is { IsNil: false } around ? Type(around) : _assembly;
        return _types[handle] = Type(scope, _source.GetString(type.Namespace), _source.GetString(type.Name));
    }

    private TypeReferenceHandle Type(EntityHandle scope, string space, string name) => _metadata.AddTypeReference(scope, Text(space), Text(name));

    private AssemblyReferenceHandle Reference(string name) => _metadata.AddAssemblyReference(Text(name), new Version(), default, default, 0, default);

    private StringHandle Text(string text) => text.Length == 0 ? default : _metadata.GetOrAddString(text);
}
