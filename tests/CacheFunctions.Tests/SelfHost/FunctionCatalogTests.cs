using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Tests.SelfHost;

public class FunctionCatalogTests
{
    [Theory]
    [InlineData(typeof(TwoOfOneName), "another function has the same name")]
    [InlineData(typeof(NoRoute), "has no Route")]
    [InlineData(typeof(UnknownParameter), "parameter when is a DateTime")]
    [InlineData(typeof(NotInRoute), "parameter id is not in its route")]
    [InlineData(typeof(UnknownReturn), "it returns Task`1")]
    [InlineData(typeof(NoTrigger), "no parameter with [HttpTrigger] or [TimerTrigger]")]
    [InlineData(typeof(StaticFunction), "public instance method")]
    [InlineData(typeof(ReservedRoute), "belong to the Functions host")]
    [InlineData(typeof(SystemLevel), "level System is not supported")]
    [InlineData(typeof(BrokenRoute), "cannot be read")]
    [InlineData(typeof(TimerWithText), "parameter text is a String")]
    public void Of_when_a_function_cannot_be_called_then_names_it_and_why(Type type, string problem)
    {
        var refused = Assert.Throws<CacheException>(() => FunctionCatalog.Of([type], ""));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("Function f (", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Of_when_given_functions_then_finds_them_in_the_order_of_names_with_the_prefix()
    {
        var catalog = FunctionCatalog.Of([typeof(Good)], "api");

        Assert.Equal(["a", "B", "c"], catalog.Http.Select(function => function.Name));
        Assert.Equal("api/a/{id:guid}", catalog.Http[0].Template.TemplateText);
        var timer = Assert.Single(catalog.Timers);
        Assert.Equal(("T", "%Every%", true, false), (timer.Name, timer.Schedule, timer.RunOnStartup, timer.UseMonitor));
    }

#pragma warning disable CA1822 // Functions are instance methods.
    private sealed class Good
    {
        [Function("c")]
        public Task C([HttpTrigger(Route = "c")] HttpRequest request) => Task.CompletedTask;

        [Function("B")]
        public IResult B([HttpTrigger(Route = "/b/{n:int}/{m:long}")] HttpRequest request, int n, long m, CancellationToken ct) => Results.Ok();

        [Function("a")]
        public Task<IResult> A([HttpTrigger(Route = "a/{id:guid}")] HttpRequest request, Guid id) => Task.FromResult(Results.Ok());

        [Function("T")]
        public Task T([TimerTrigger("%Every%", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) => Task.CompletedTask;
    }

    private sealed class TwoOfOneName
    {
        [Function("F")]
        public Task A([HttpTrigger(Route = "a")] HttpRequest request) => Task.CompletedTask;

        [Function("f")]
        public Task B([HttpTrigger(Route = "b")] HttpRequest request) => Task.CompletedTask;
    }

    private sealed class NoRoute
    {
        [Function("F")]
        public Task A([HttpTrigger] HttpRequest request) => Task.CompletedTask;
    }

    private sealed class UnknownParameter
    {
        [Function("F")]
        public Task A([HttpTrigger(Route = "{when}")] HttpRequest request, DateTime when) => Task.CompletedTask;
    }

    private sealed class NotInRoute
    {
        [Function("F")]
        public Task A([HttpTrigger(Route = "a/{key}")] HttpRequest request, string id) => Task.CompletedTask;
    }

    private sealed class UnknownReturn
    {
        [Function("F")]
        public Task<string> A([HttpTrigger(Route = "a")] HttpRequest request) => Task.FromResult("not written by the host");
    }

    private sealed class NoTrigger
    {
        [Function("F")]
        public Task A(HttpRequest request) => Task.CompletedTask;
    }

    private sealed class StaticFunction
    {
        [Function("F")]
        public static Task A([HttpTrigger(Route = "a")] HttpRequest request) => Task.CompletedTask;
    }

    private sealed class ReservedRoute
    {
        [Function("F")]
        public Task A([HttpTrigger(Route = "Admin/a")] HttpRequest request) => Task.CompletedTask;
    }

    private sealed class SystemLevel
    {
        [Function("F")]
        public Task A([HttpTrigger(AuthorizationLevel.System, Route = "a")] HttpRequest request) => Task.CompletedTask;
    }

    private sealed class BrokenRoute
    {
        [Function("F")]
        public Task A([HttpTrigger(Route = "a/{id")] HttpRequest request) => Task.CompletedTask;
    }

    private sealed class TimerWithText
    {
        [Function("F")]
        public Task A([TimerTrigger("* * * * *")] TimerInfo timer, string text) => Task.CompletedTask;
    }
}
