namespace Lab.Model.Services;

/// <summary>One thing that the rig offers its boards.</summary>
#pragma warning disable CA1040 // A service is found by its type, as a facet is.
public interface IService;
#pragma warning restore CA1040
