namespace Lab.Hardware.Power;

/// <summary>A board's <c>power:</c> section, read and checked.</summary>
/// <param name="Outlet">The driver's own options.</param>
/// <param name="Options">What all drivers have in common.</param>
/// <param name="At">Where the section stands: <c>file:line:column</c>.</param>
public sealed record PowerSettings(OutletOptions Outlet, PowerOptions Options, string At);
