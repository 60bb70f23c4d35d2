using System.Reflection;

namespace CacheFunctions.Tests.StandIns;

/// <summary>What a type shows to others, spelled as <see cref="DocumentedSurface"/> spells it.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(bool)] = "bool",
        [typeof(double)] = "double",
        [typeof(byte)] = "byte",
    };

    /// <summary>The type's name and its members, each with <paramref name="name"/> in front.</summary>
    public static IEnumerable<string> Of(Type type, string name) =>
        type.GetMembers(Declared).SelectMany(member => Members(member, name)).Prepend(name);

    public static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{NameOf(outer)}.{type.Name}" : type.Name;

    private static IEnumerable<string> Members(MemberInfo member, string type)
    {
        switch (member)
        {
            case ConstructorInfo constructor when Visible(constructor):
                yield return $"{Access(constructor)}{type}.ctor({Parameters(constructor.GetParameters())})";
                break;
            // An override adds nothing that the base type does not show already.
            case MethodInfo method when Visible(method) && method.GetBaseDefinition() == method && !IsAccessor(method):
                yield return $"{Access(method)}{type}.{method.Name}({Parameters(method.GetParameters())})";
                break;
            case PropertyInfo property:
                var name = property.GetIndexParameters() is { Length: > 0 } index
                    ? $"{property.Name}({Parameters(index)})"
                    : property.Name;
                if (property.GetMethod is { } getter && Visible(getter))
                    yield return $"{Access(getter)}{type}.{name}";
                if (property.SetMethod is { } setter && Visible(setter))
                    yield return $"{Access(setter)}{type}.{name}.set";
                break;
            case FieldInfo field when (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName:
                yield return $"{(field.IsPublic ? "" : "protected ")}{type}.{field.Name}";
                break;
            case EventInfo happening:
                yield return $"{type}.{happening.Name}";
                break;
        }
    }

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Parameters(ParameterInfo[] parameters) =>
        string.Join(',', parameters.Select(parameter => Spell(parameter.ParameterType)));

    private static string Spell(Type type)
    {
        if (type.IsByRef)
            return Spell(type.GetElementType()!);
        if (type.IsArray)
            return Spell(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Spell(value) + "?";
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GetGenericArguments().Select(Spell))}>"
            : type.Name;
    }
}
