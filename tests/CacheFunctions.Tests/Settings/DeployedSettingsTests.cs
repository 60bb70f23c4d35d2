using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using CacheFunctions.Settings;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.Tests.Settings;

/// <summary>Starts the service with the app settings that infra/ makes, as tests/infra computes them (settings.json there).</summary>
public sealed class DeployedSettingsTests : IDisposable
{
    private static readonly JsonElement Deployed = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "deployed-settings.json"))).RootElement;

    private readonly DirectoryInfo _share = Directory.CreateTempSubdirectory("share");

    public static TheoryData<string> Deployments => [.. Deployed.GetProperty("deployments").EnumerateObject().Select(one => one.Name)];

    public void Dispose() => _share.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Deployments))]
    public void The_service_takes_what_the_infrastructure_sets_and_reads_all_of_it(string deployment)
    {
        var settings = SettingsOf(deployment);
        var source = new ReadNames { InitialData = settings };
        var configuration = new ConfigurationBuilder().Add(source).Build();

        var storage = StorageSettingsReader.Read(new SettingsReader(configuration));
        Assert.NotNull(storage);
        new ServiceCollection().AddCacheFunctions(configuration, isDevelopment: false).AddStorage(configuration, storage);

        var notOurs = Deployed.GetProperty("notReadByTheService").EnumerateArray().Select(one => one.GetString());
        var timers = Timers().Select(one => one.Trim('%'));
        Assert.Empty(settings.Keys.Except([.. source.Read, .. notOurs, .. timers], StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Every_timer_has_a_schedule_that_can_be_read(string deployment)
    {
        var settings = SettingsOf(deployment);
        Assert.NotEmpty(Timers());
        Assert.All(Timers(), name => Assert.NotNull(ScheduleReader.Read(settings[name.Trim('%')]!)));
    }

    private static List<string> Timers() =>
        [.. typeof(CacheFunctionsServices).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule)
            .OfType<string>()];

    /// <summary>As the platform gives them to the process: references to the vault are resolved, the share is mounted.</summary>
    private Dictionary<string, string?> SettingsOf(string deployment) =>
        Deployed.GetProperty("deployments").GetProperty(deployment).EnumerateObject().ToDictionary(
            one => one.Name.Replace("__", ":", StringComparison.Ordinal),
            one => one.Value.GetString() switch
            {
                "/mounts/nas" => _share.FullName,
                { } value when value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                var value => value,
            });

    /// <summary>Remembers which settings were asked for.</summary>
    private sealed class ReadNames : IConfigurationSource
    {
        public required IDictionary<string, string?> InitialData { get; init; }

        public HashSet<string> Read { get; } = [];

        public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

        private sealed class Provider : ConfigurationProvider
        {
            private readonly ReadNames _source;

            public Provider(ReadNames source)
            {
                _source = source;
                foreach (var (name, value) in source.InitialData) Data[name] = value;
            }

            public override bool TryGet(string key, out string? value)
            {
                _source.Read.Add(key);
                return base.TryGet(key, out value);
            }
        }
    }
}
