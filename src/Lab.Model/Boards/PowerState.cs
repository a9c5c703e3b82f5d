namespace Lab.Model.Boards;

/// <summary>What is known of a board's power. An unknown state is never "off".</summary>
public enum PowerState
{
    /// <summary>The driver could not find out. Nothing may be concluded from it.</summary>
    Unknown,

    /// <summary>The board has no power.</summary>
    Off,

    /// <summary>The board has power.</summary>
    On,
}
