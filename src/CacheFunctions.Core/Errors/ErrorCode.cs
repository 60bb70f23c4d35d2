namespace CacheFunctions.Errors;

/// <summary>What kind of thing went wrong. The names, in snake_case, are the <c>code</c> of an HTTP error.</summary>
public enum ErrorCode
{
    InvalidArgument,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    AlreadyExists,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    RangeNotSatisfiable,

    /// <summary>Of a piece of a resumable upload: none of it was kept.</summary>
    ChecksumMismatch,
    IdempotencyMismatch,
    Locked,
    Throttled,

    /// <summary>Storage or an origin did not answer, or its answer was lost. Trying again is safe.</summary>
    Unavailable,
    QuotaExceeded,

    /// <summary>The four errors of the file manager, named as in the fourth source document.</summary>
    FileNotFound,
    FileUploadFailed,
    FileDownloadFailed,
    StorageError,

    /// <summary>A bug of this service.</summary>
    Internal,
}
