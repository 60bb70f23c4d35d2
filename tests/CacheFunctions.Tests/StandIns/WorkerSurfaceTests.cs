using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Tests.StandIns;

/// <summary>
/// The stand-ins offer nothing that the real packages lack. The list is written down from the packages' own public API.
/// </summary>
public class WorkerSurfaceTests
{
    private static readonly HashSet<string> Real =
    [
        "FunctionAttribute on Method", "FunctionAttribute(String name)", "FunctionAttribute.Name get",
        "HttpTriggerAttribute on Parameter", "HttpTriggerAttribute()", "HttpTriggerAttribute(String[] methods)",
        "HttpTriggerAttribute(AuthorizationLevel authLevel)", "HttpTriggerAttribute(AuthorizationLevel authLevel, String[] methods)",
        "HttpTriggerAttribute.Route get set", "HttpTriggerAttribute.Methods get", "HttpTriggerAttribute.AuthLevel get",
        "AuthorizationLevel.Anonymous = 0", "AuthorizationLevel.User = 1", "AuthorizationLevel.Function = 2",
        "AuthorizationLevel.System = 3", "AuthorizationLevel.Admin = 4",
        "TimerTriggerAttribute on Parameter", "TimerTriggerAttribute(String schedule)", "TimerTriggerAttribute.Schedule get",
        "TimerTriggerAttribute.RunOnStartup get set", "TimerTriggerAttribute.UseMonitor get set",
        "TimerInfo()", "TimerInfo.ScheduleStatus get set", "TimerInfo.IsPastDue get set",
        "ScheduleStatus()", "ScheduleStatus.Last get set", "ScheduleStatus.Next get set", "ScheduleStatus.LastUpdated get set",
    ];

    [Theory]
    [InlineData(typeof(FunctionAttribute))]
    [InlineData(typeof(HttpTriggerAttribute))]
    [InlineData(typeof(TimerTriggerAttribute))]
    public void Surface_when_compared_with_the_real_package_then_has_nothing_of_its_own(Type anyOfIts)
    {
        var types = anyOfIts.Assembly.GetExportedTypes();

        Assert.All(types, type => Assert.Equal("Microsoft.Azure.Functions.Worker", type.Namespace));
        Assert.Empty(types.SelectMany(Members).Except(Real));
    }

    [Fact]
    public void Level_when_only_verbs_are_given_then_is_anonymous_as_in_the_real_package()
    {
        Assert.Equal(AuthorizationLevel.Anonymous, new HttpTriggerAttribute("get").AuthLevel);
        Assert.Equal(AuthorizationLevel.Function, new HttpTriggerAttribute().AuthLevel);
        Assert.True(new TimerTriggerAttribute("* * * * *").UseMonitor);
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{type.Name}.{name} = {(int)Enum.Parse(type, name)}");

        var usage = type.GetCustomAttribute<AttributeUsageAttribute>();
        return type.GetMembers(declared)
            .Where(member => member is not MethodInfo { IsSpecialName: true })
            .Select(member => member switch
            {
                ConstructorInfo constructor => $"{type.Name}({string.Join(", ", constructor.GetParameters().Select(p => $"{p.ParameterType.Name} {p.Name}"))})",
                PropertyInfo property => $"{type.Name}.{property.Name}{(property.GetMethod?.IsPublic == true ? " get" : "")}{(property.SetMethod?.IsPublic == true ? " set" : "")}",
                _ => $"{type.Name}.{member.Name}",
            })
            .Concat(usage is null ? [] : [$"{type.Name} on {usage.ValidOn}"]);
    }
}
