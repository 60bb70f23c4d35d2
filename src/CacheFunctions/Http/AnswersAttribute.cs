using CacheFunctions.Errors;

namespace CacheFunctions.Http;

/// <summary>
/// What a function does and answers. The description of the interface is made from it; tests hold it against the running service.
/// </summary>
/// <param name="summary">What it does, in a few words.</param>
/// <param name="errors">Those of its own; what any call may fail with is added.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnswersAttribute(string summary, params ErrorCode[] errors) : Attribute
{
    public string Summary => summary;

    public IReadOnlyList<ErrorCode> Errors => errors;

    /// <summary>The data of a 200; null: there is none.</summary>
    public Type? Ok { get; set; }

    /// <summary>The data of a 201.</summary>
    public Type? Created { get; set; }

    /// <summary>The data of a 202, whose Location is a job.</summary>
    public Type? Accepted { get; set; }

    /// <summary>The items of the list that is the data of a 200.</summary>
    public Type? Items { get; set; }

    /// <summary>What they are called there.</summary>
    public string Plural { get; set; } = "";

    /// <summary>The media type of a 200 that is content and no JSON; null: there is none.</summary>
    public string? Content { get; set; }

    /// <summary>Whether that knows ranges and conditions.</summary>
    public bool Ranges { get; set; }

    /// <summary>Whether it may be replaced after it was found and before it is opened, again and again (409).</summary>
    public bool Replaceable { get; set; }

    /// <summary>Whether who has it already is told so (304).</summary>
    public bool Cached { get; set; }

    /// <summary>Whether it tells how the instance is: then it is served however busy that is.</summary>
    public bool IsProbe { get; set; }

    /// <summary>Whether it may answer 204.</summary>
    public bool Nothing { get; set; }
}
