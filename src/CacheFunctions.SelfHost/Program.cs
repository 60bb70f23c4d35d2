Console.WriteLine("CacheFunctions");
