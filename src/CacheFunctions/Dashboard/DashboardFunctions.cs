using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Dashboard;

/// <summary>The dashboard: a page and its files. Open to all, since they tell nothing: what they show they ask for with the reader's key.</summary>
public sealed class DashboardFunctions(Api api)
{
    [Function(nameof(ShowDashboard))]
    [Answers("The dashboard, for people", Content = "text/html", Cached = true)]
    [Accepts(Headers = ["If-None-Match"])]
    public IResult ShowDashboard(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard")] HttpRequest request) =>
        api.Run(request, call => ValueTask.FromResult<IResult>(SiteFile.Named("index.html")));

    /// <param name="name">As parts/table.js.</param>
    [Function(nameof(GetDashboardFile))]
    [Answers("A file of the dashboard", ErrorCode.NotFound, Content = "*/*", Cached = true)]
    [Accepts(Headers = ["If-None-Match"])]
    public IResult GetDashboardFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard/{*name:minlength(1)}")] HttpRequest request, string name) =>
        api.Run(request, call => ValueTask.FromResult<IResult>(SiteFile.Named(name)));
}
