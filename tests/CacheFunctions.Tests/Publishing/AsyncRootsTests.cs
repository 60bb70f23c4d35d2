using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using AsyncRoots;

namespace CacheFunctions.Tests.Publishing;

public sealed class AsyncRootsTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void All_that_a_profile_names_is_there_in_this_framework()
    {
        var box = typeof(AsyncTaskMethodBuilder<>).GetNestedType("AsyncStateMachineBox`1", BindingFlags.NonPublic);
        Assert.NotNull(box);
        var members = box.GetMembers(All).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        var (profile, _) = ProfileOf(typeof(HttpClient));
        var named = profile.MemberReferences.Select(each => profile.GetString(profile.GetMemberReference(each).Name)).Distinct().ToList();
        Assert.Equal([".cctor", "MoveNext", "get_Context", "ExecutionContextCallback", "ClearStateUponCompletion"], named);
        Assert.Subset(members, named.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void It_names_the_async_methods_that_give_a_reference_and_no_others()
    {
        var (profile, count) = ProfileOf(typeof(HttpClient));
        var expected = typeof(HttpClient).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.GetField("<>t__builder", All) is { } builder && GivesReference(builder.FieldType))
            // Not each reference may stand for a type parameter with constraints.
            .Where(type => type.GetGenericArguments().All(parameter => parameter.GetGenericParameterConstraints().Length == 0)).ToList();
        Assert.InRange(expected.Count, 20, 1000);
        Assert.Equal(expected.Count, count);
        var types = profile.TypeReferences.Select(each => profile.GetString(profile.GetTypeReference(each).Name)).ToHashSet(StringComparer.Ordinal);
        Assert.All(expected, type => Assert.Contains(type.Name, types));
    }

    [Fact]
    public void An_assembly_without_async_methods_adds_nothing()
    {
        var (profile, count) = ProfileOf(typeof(Uri));
        Assert.Equal(0, count);
        Assert.Equal("AssemblyDictionary", profile.GetString(profile.GetMethodDefinition(Assert.Single(profile.MethodDefinitions)).Name));
    }

    private static bool GivesReference(Type builder) => builder.IsGenericType
        && (builder.GetGenericTypeDefinition() == typeof(AsyncTaskMethodBuilder<>) || builder.GetGenericTypeDefinition() == typeof(AsyncValueTaskMethodBuilder<>))
        && builder.GetGenericArguments()[0] is { IsValueType: false };

    private static (MetadataReader Profile, int Count) ProfileOf(Type some)
    {
        var writer = new ProfileWriter();
        StateMachines.AddTo(writer, some.Assembly.Location);
        return (new PEReader(new MemoryStream(writer.Write())).GetMetadataReader(), writer.Count);
    }
}
