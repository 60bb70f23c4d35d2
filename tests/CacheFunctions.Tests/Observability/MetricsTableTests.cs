namespace CacheFunctions.Tests.Observability;

public sealed class MetricsTableTests
{
    [Fact]
    public void The_table_of_metrics_is_what_the_code_has() => Assert.Equal(MetricsTable.OfCode(), MetricsTable.Text());

    [Fact]
    public void Its_attributes_are_those_of_the_code() =>
        Assert.Empty(MetricsTable.Attributes.Values.SelectMany(each => each).Except(MetricsTable.KnownAttributes()));
}
