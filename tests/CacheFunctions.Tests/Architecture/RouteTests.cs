using CacheFunctions.SelfHost.Functions;
using CacheFunctions.SelfHost.Functions.Routing;

namespace CacheFunctions.Tests.Architecture;

public sealed class RouteTests
{
    private static readonly FunctionCatalog Catalog = FunctionCatalog.Of(FunctionClasses.All, "");

    [Fact]
    public void No_request_fits_two_functions_of_the_service()
    {
        Assert.NotEmpty(Catalog.Http);
        Assert.Empty(RouteOverlaps.Find(Catalog));
    }
}
