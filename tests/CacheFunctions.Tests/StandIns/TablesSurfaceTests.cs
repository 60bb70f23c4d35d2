using Azure.Data.Tables;

namespace CacheFunctions.Tests.StandIns;

public sealed class TablesSurfaceTests
{
    private static readonly HashSet<string> Documented = DocumentedSurface.Read(Document());

    [Fact]
    public void The_stand_in_offers_nothing_that_the_real_package_lacks() => Assert.Empty(
        typeof(TableClient).Assembly.GetExportedTypes().SelectMany(type => Undocumented(type, PublicSurface.NameOf(type))));

    [Fact]
    public void The_stand_ins_types_stand_in_the_real_packages_namespaces() => Assert.All(
        typeof(TableClient).Assembly.GetExportedTypes(),
        type => Assert.Equal(type.Name == "TableItem" ? "Azure.Data.Tables.Models" : "Azure.Data.Tables", type.Namespace));

    [Theory]
    [InlineData("TableClient")]
    [InlineData("protected TableClient.ctor()")]
    [InlineData("TableClient.ctor(string,string)")]
    [InlineData("TableClient.ctor(string,string,TableClientOptions)")]
    [InlineData("TableClient.ctor(Uri,string,TokenCredential,TableClientOptions)")]
    [InlineData("TableClient.AddEntityAsync(T,CancellationToken)")]
    [InlineData("TableClient.CreateIfNotExistsAsync(CancellationToken)")]
    [InlineData("TableClient.CreateQueryFilter(Expression<Func<T,bool>>)")]
    [InlineData("TableClient.DeleteEntityAsync(string,string,ETag,CancellationToken)")]
    [InlineData("TableClient.QueryAsync(string,int?,IEnumerable<string>,CancellationToken)")]
    [InlineData("TableServiceClient.QueryAsync(FormattableString,int?,CancellationToken)")]
    [InlineData("TableServiceClient.QueryAsync(string,int?,CancellationToken)")]
    [InlineData("TableAudience.AzureChina")]
    [InlineData("TableAudience.op_Implicit(string)")]
    [InlineData("TableClientOptions.ServiceVersion.V2019_02_02")]
    [InlineData("TableEntity.Item(string).set")]
    [InlineData("TableEntity.TryGetValue(string,object)")]
    [InlineData("TableTransactionAction.Entity")]
    [InlineData("TableUpdateMode.Replace")]
    public void The_document_declares(string member) => Assert.Contains(member, Documented);

    [Theory]
    [InlineData("TableClient.ctor()")]
    [InlineData("TableTransactionAction.Entity.set")]
    [InlineData("TableClient.ct")]
    public void The_document_does_not_declare(string member) => Assert.DoesNotContain(member, Documented);

    [Fact]
    public void A_planted_member_is_found() => Assert.Equal(
        [
            "TableItem.Name.set",
            "TableItem.PlantedField",
            "TableItem.PlantedMethod()",
            "TableItem.PlantedProperty",
            "TableItem.ctor()",
            "TableItem.ctor(int)",
            "protected TableItem.PlantedProtected(string[])",
        ],
        Undocumented(typeof(Planted), "TableItem").Order(StringComparer.Ordinal));

    [Fact]
    public void A_planted_type_is_found() =>
        Assert.Contains("TablePlanted", Undocumented(typeof(Planted), "TablePlanted"));

    private static IEnumerable<string> Undocumented(Type type, string name) =>
        PublicSurface.Of(type, name).Where(member => !Documented.Contains(member));

    private static string Document()
    {
        var stream = typeof(TablesSurfaceTests).Assembly.GetManifestResourceStream("azure-data-tables-surface.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

#pragma warning disable CA1852, CA1051, CA1822, CA1823, CS0649, IDE0060 // Here to be found, not to be used.
    private class Planted
    {
        public int PlantedField;

        public Planted()
        {
        }

        public Planted(string name) => Name = name;

        public Planted(int number) => Name = $"{number}";

        public string Name { get; set; } = "";

        public int PlantedProperty => 0;

        public override string ToString() => Name;

        public void PlantedMethod()
        {
        }

        protected void PlantedProtected(string[] values)
        {
        }
    }
#pragma warning restore
}
