namespace Lab.Model.Boards;

/// <summary>A fault of the TPM that the lab can stage.</summary>
public enum TpmFault
{
    /// <summary>The TPM works.</summary>
    None,

    /// <summary>The board has no TPM at all.</summary>
    Absent,

    /// <summary>Every command is answered with TPM_RC_FAILURE.</summary>
    Failing,
}
