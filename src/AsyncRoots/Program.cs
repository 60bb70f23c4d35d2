using AsyncRoots;

// A step of publishing: AsyncRoots PROFILE LIST writes for the assemblies in LIST, a path a line, the profile that roots their async methods.
if (args is not [var profile, var list])
{
    Console.Error.WriteLine("Usage: AsyncRoots <profile to write> <file with the paths of assemblies, one a line>");
    return 2;
}

var writer = new ProfileWriter();
foreach (var path in File.ReadLines(list)) StateMachines.AddTo(writer, path);
File.WriteAllBytes(profile, writer.Write());
Console.WriteLine($"{writer.Count} async methods are compiled as a whole.");
return 0;
