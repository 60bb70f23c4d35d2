using System.IO.Hashing;
using System.Runtime.CompilerServices;

// The reference makes the build copy the library to whoever uses this project.
[assembly: TypeForwardedTo(typeof(NonCryptographicHashAlgorithm))]
