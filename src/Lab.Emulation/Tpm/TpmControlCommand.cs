namespace Lab.Emulation.Tpm;

/// <summary>Commands of swtpm's control channel: <c>tpm_ioctl.h</c>, ptm commands for sockets.</summary>
internal enum TpmControlCommand : uint
{
    GetCapability = 1,
    Init = 2,
    Shutdown = 3,
    GetEstablished = 4,
    SetLocality = 5,
    HashStart = 6,
    HashData = 7,
    HashEnd = 8,
    CancelCommand = 9,
    StoreVolatile = 10,
    ResetEstablished = 11,
    GetStateBlob = 12,
    SetStateBlob = 13,
    Stop = 14,
    GetConfig = 15,
    SetDataDescriptor = 16,
    SetBufferSize = 17,
    GetInfo = 18,
    LockStorage = 19,
}
