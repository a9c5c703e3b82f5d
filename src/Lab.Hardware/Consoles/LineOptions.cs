namespace Lab.Hardware.Consoles;

/// <summary>A console driver's options, checked. Each driver has its own record.</summary>
public abstract record LineOptions
{
    internal abstract ILineSource Open(TimeProvider time);
}
