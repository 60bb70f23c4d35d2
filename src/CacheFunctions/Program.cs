using CacheFunctions;
using CacheFunctions.Settings;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// The isolated worker's composition root. Built only with -p:AzurePackages=nuget; see src/StandIns/README.md.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
var read = new SettingsReader(builder.Configuration);
var storage = StorageSettingsReader.Read(read)
    ?? throw SettingsReader.Wrong("AzureWebJobsStorage", "is missing; it names the storage account.");
StorageSettingsReader.Check(storage);
// So named where the host runs on a developer's machine.
builder.Services.AddCacheFunctions(builder.Configuration, read.Text("AZURE_FUNCTIONS_ENVIRONMENT") == "Development");
builder.Services.AddStorage(builder.Configuration, storage);
// The host limits bodies (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT); the worker's own lower limit would only get in the way.
builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
builder.Build().Run();
