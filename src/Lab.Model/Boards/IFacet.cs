namespace Lab.Model.Boards;

/// <summary>One thing that can be done with a board. A driver implements it for one kind of wiring.</summary>
#pragma warning disable CA1040 // A facet is found by its type; what it can do differs from facet to facet.
public interface IFacet;
#pragma warning restore CA1040
