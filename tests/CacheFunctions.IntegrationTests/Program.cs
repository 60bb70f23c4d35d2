using CacheFunctions.IntegrationTests.SelfHost;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Sessions;
using CacheFunctions.IntegrationTests.Storage.Timers;

// The tests' own program, beside the test runner: what it does is killed by a test, to see what a killed process leaves.
return args switch
{
    ["hold-azurite", var directory] => await AzuriteHolder.RunAsync(directory),
    ["run-timers", var connectionString] => await TimerHostProcess.RunAsync(connectionString),
    ["serve-ahead", var seconds, var largeBytes, .. var settings] => await ServiceAhead.RunAsync(seconds, largeBytes, settings),
    ["trace-simulation", var seeds] => ReplayTests.Print(seeds),
    _ => 0,
};
