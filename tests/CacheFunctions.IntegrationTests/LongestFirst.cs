using CacheFunctions.IntegrationTests;
using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Events;
using CacheFunctions.IntegrationTests.OpenApi.Statuses;
using CacheFunctions.IntegrationTests.SelfHost;
using CacheFunctions.IntegrationTests.Sessions;
using CacheFunctions.IntegrationTests.Sessions.Histories;
using CacheFunctions.IntegrationTests.Sessions.Kills;
using CacheFunctions.IntegrationTests.Storage.Contents;
using CacheFunctions.IntegrationTests.Storage.Origins;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer($"{nameof(CacheFunctions)}.{nameof(CacheFunctions.IntegrationTests)}.{nameof(LongestFirst)}", "CacheFunctions.IntegrationTests")]

namespace CacheFunctions.IntegrationTests;

/// <summary>Starts with the classes that take longest, else the last of them might run on alone while other cores have nothing to do.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // By what they took when they were last looked at; a class that is missing here only runs in its turn.
    private static readonly Type[] Longest =
    [
        typeof(BadInputTests), typeof(KillStormTests), typeof(PublishingTests), typeof(BlobOriginTests), typeof(AzuriteProcessTests), typeof(LockHistoryStormTests),
        typeof(StreamTests), typeof(SignedBlobOriginTests), typeof(BlobContentStoreTests), typeof(KillTests), typeof(EveryDocumentedStatusTests),
    ];

    private static readonly Dictionary<string, int> Turns = Longest.Index().ToDictionary(each => $"Test collection for {each.Item.FullName}", each => each.Index);

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(each => Turns.GetValueOrDefault(each.DisplayName, Longest.Length)).ThenBy(each => each.DisplayName, StringComparer.Ordinal);
}
