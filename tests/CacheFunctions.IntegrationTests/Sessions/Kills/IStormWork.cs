namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>What one client does during the storm.</summary>
internal interface IStormWork
{
    Task StepAsync(HttpClient http);

    /// <summary>After a kill: nothing that was acknowledged is missing.</summary>
    Task VerifyAsync(HttpClient http);
}
