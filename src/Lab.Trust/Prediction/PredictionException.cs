namespace Lab.Trust.Prediction;

/// <summary>An artifact cannot be understood well enough to say what its boot will measure.</summary>
public sealed class PredictionException : Exception
{
    public PredictionException() { }

    public PredictionException(string message)
        : base(message) { }

    public PredictionException(string message, Exception innerException)
        : base(message, innerException) { }
}
