using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>The HTTP status of each error code: the one table.</summary>
public static class ErrorStatus
{
    public static int Of(ErrorCode code) => code switch
    {
        ErrorCode.InvalidArgument => StatusCodes.Status400BadRequest,
        ErrorCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        ErrorCode.NotFound or ErrorCode.FileNotFound => StatusCodes.Status404NotFound,
        ErrorCode.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ErrorCode.Conflict or ErrorCode.AlreadyExists => StatusCodes.Status409Conflict,
        ErrorCode.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        ErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorCode.RangeNotSatisfiable => StatusCodes.Status416RangeNotSatisfiable,
        // Of tus 1.0, section Checksum.
        ErrorCode.ChecksumMismatch => 460,
        ErrorCode.IdempotencyMismatch => StatusCodes.Status422UnprocessableEntity,
        ErrorCode.Locked => StatusCodes.Status423Locked,
        ErrorCode.Throttled => StatusCodes.Status429TooManyRequests,
        ErrorCode.FileDownloadFailed => StatusCodes.Status502BadGateway,
        ErrorCode.Unavailable or ErrorCode.FileUploadFailed or ErrorCode.StorageError => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.QuotaExceeded => StatusCodes.Status507InsufficientStorage,
        ErrorCode.Internal => StatusCodes.Status500InternalServerError,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };
}
