namespace Lab.Trust.EventLogs;

/// <summary>Event types of the TCG PC Client Platform Firmware Profile, table 27. Their names there: <see cref="LogEventTypes.NameOf"/>.</summary>
public enum LogEventType : uint
{
    PrebootCert = 0x0,
    PostCode = 0x1,
    Unused = 0x2,

    /// <summary>Not extended: says something to the log's reader.</summary>
    NoAction = 0x3,

    /// <summary>The boundary between firmware and what it starts; with an error value, that something failed.</summary>
    Separator = 0x4,
    Action = 0x5,
    EventTag = 0x6,
    SCrtmContents = 0x7,
    SCrtmVersion = 0x8,
    CpuMicrocode = 0x9,
    PlatformConfigFlags = 0xA,
    TableOfDevices = 0xB,
    CompactHash = 0xC,
    Ipl = 0xD,
    IplPartitionData = 0xE,
    NonhostCode = 0xF,
    NonhostConfig = 0x10,
    NonhostInfo = 0x11,
    OmitBootDeviceEvents = 0x12,
    PostCode2 = 0x13,
    EfiVariableDriverConfig = 0x80000001,
    EfiVariableBoot = 0x80000002,
    EfiBootServicesApplication = 0x80000003,
    EfiBootServicesDriver = 0x80000004,
    EfiRuntimeServicesDriver = 0x80000005,
    EfiGptEvent = 0x80000006,
    EfiAction = 0x80000007,
    EfiPlatformFirmwareBlob = 0x80000008,
    EfiHandoffTables = 0x80000009,
    EfiPlatformFirmwareBlob2 = 0x8000000A,
    EfiHandoffTables2 = 0x8000000B,
    EfiVariableBoot2 = 0x8000000C,
    EfiGptEvent2 = 0x8000000D,
    EfiHcrtmEvent = 0x80000010,
    EfiVariableAuthority = 0x800000E0,
    EfiSpdmFirmwareBlob = 0x800000E1,
    EfiSpdmFirmwareConfig = 0x800000E2,
    EfiSpdmDevicePolicy = 0x800000E3,
    EfiSpdmDeviceAuthority = 0x800000E4,
}
