using CacheFunctions.Errors;
using CacheFunctions.SelfHost;

try
{
    await using var service = await LocalService.StartAsync(args);
    await service.App.WaitForShutdownAsync();
    return 0;
}
catch (CacheException error)
{
    // What is wrong and what to do; a stack trace would only hide it.
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
