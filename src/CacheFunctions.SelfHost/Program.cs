using CacheFunctions.Errors;
using CacheFunctions.SelfHost;
using CacheFunctions.SelfHost.Functions;

if (args.Any(arg => arg is "--help" or "-h" or "-?"))
{
    Console.WriteLine(
        """
        Runs the whole CacheFunctions service on this machine.

          --urls http://localhost:8080          where to listen
          --AzureWebJobsStorage "…"             the storage account's connection string; without it, a local Azurite
          --Local:DataDirectory folder          where that Azurite keeps its data
          --Origins:nas:Path folder             where the files lie; without it, a demo folder
          --Origins:nas:Prefix /mnt/nas/        how callers name that folder
          --Keys:Function:default key           what callers must send in x-functions-key

          --probe http://localhost:8080/api/health    asks a service that runs whether it is well; exit code 0 if so
          --write-functions folder                    writes what the Functions host needs to run this as its custom handler

        Every setting of docs/operations.md may be given like this, in the environment (Keys__Function__default), or in
        local.settings.json.
        """);
    return 0;
}

if (args is ["--probe", var probed]) return await Probe.RunAsync(probed, Console.Error);

try
{
    if (args is ["--write-functions", var folder])
    {
        FunctionFiles.Write(folder);
        return 0;
    }

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
