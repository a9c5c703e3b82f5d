namespace Lab.Hardware.Power;

/// <summary>A power driver's options, checked. Each driver has its own record.</summary>
public abstract record OutletOptions
{
    /// <summary>Makes the outlet. Nothing is sent before it is used.</summary>
    /// <exception cref="Model.Errors.LabException">A secret or a program that it needs is missing.</exception>
    internal abstract IOutlet Open(TimeProvider time);
}
