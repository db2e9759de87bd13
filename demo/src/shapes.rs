//! The Windows events that the nights are told with: provider, channel, fields in manifest order.
//!
//! Field names and order are those of the providers' manifests. Invariant: a name that a rule may ask
//! for is a field that Windows really writes in that event.

use crate::evtx::{Body, Kind, Shape};

const SUCCESS: u64 = 0x8020_0000_0000_0000;
const FAILURE: u64 = 0x8010_0000_0000_0000;
const CLASSIC: u64 = 0x8080_0000_0000_0000;
const PLAIN: u64 = 0x8000_0000_0000_0000;
const LOCAL_SESSIONS: Body = Body::UserData("EventXML", "Event_NS");

macro_rules! shapes {
    ($provider:expr, $guid:expr, $channel:expr; $($name:ident = $id:literal v $version:literal level $level:literal task $task:literal key $keywords:expr, $body:expr, [$($field:literal $kind:ident),* $(,)?];)*) => {$(
        pub(crate) static $name: Shape = Shape {
            provider: $provider,
            guid: $guid,
            channel: $channel,
            id: $id,
            version: $version,
            level: $level,
            task: $task,
            opcode: 0,
            keywords: $keywords,
            body: $body,
            fields: &[$(($field, Kind::$kind)),*],
        };
    )*};
}

shapes! { "Microsoft-Windows-Security-Auditing", Some("{54849625-5478-4994-A5BA-3E3B0328C30D}"), "Security";
    LOGON = 4624 v 2 level 0 task 12544 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "TargetUserSid" Sid, "TargetUserName" Text, "TargetDomainName" Text, "TargetLogonId" Hex64, "LogonType" U32, "LogonProcessName" Text, "AuthenticationPackageName" Text, "WorkstationName" Text, "LogonGuid" Guid, "TransmittedServices" Text, "LmPackageName" Text, "KeyLength" U32, "ProcessId" Hex64, "ProcessName" Text, "IpAddress" Text, "IpPort" Text, "ImpersonationLevel" Text, "RestrictedAdminMode" Text, "TargetOutboundUserName" Text, "TargetOutboundDomainName" Text, "VirtualAccount" Text, "TargetLinkedLogonId" Hex64, "ElevatedToken" Text];
    LOGON_FAILED = 4625 v 0 level 0 task 12544 key FAILURE, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "TargetUserSid" Sid, "TargetUserName" Text, "TargetDomainName" Text, "Status" Hex32, "FailureReason" Text, "SubStatus" Hex32, "LogonType" U32, "LogonProcessName" Text, "AuthenticationPackageName" Text, "WorkstationName" Text, "TransmittedServices" Text, "LmPackageName" Text, "KeyLength" U32, "ProcessId" Hex64, "ProcessName" Text, "IpAddress" Text, "IpPort" Text];
    LOGOFF = 4634 v 0 level 0 task 12545 key SUCCESS, Body::EventData, ["TargetUserSid" Sid, "TargetUserName" Text, "TargetDomainName" Text, "TargetLogonId" Hex64, "LogonType" U32];
    EXPLICIT_LOGON = 4648 v 0 level 0 task 12544 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "LogonGuid" Guid, "TargetUserName" Text, "TargetDomainName" Text, "TargetLogonGuid" Guid, "TargetServerName" Text, "TargetInfo" Text, "ProcessId" Hex64, "ProcessName" Text, "IpAddress" Text, "IpPort" Text];
    DIRECTORY_ACCESS = 4662 v 0 level 0 task 14080 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "ObjectServer" Text, "ObjectType" Text, "ObjectName" Text, "OperationType" Text, "HandleId" Hex64, "AccessList" Text, "AccessMask" Hex32, "Properties" Text, "AdditionalInfo" Text, "AdditionalInfo2" Text];
    PRIVILEGES = 4672 v 0 level 0 task 12548 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "PrivilegeList" Text];
    PROCESS = 4688 v 2 level 0 task 13312 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "NewProcessId" Hex64, "NewProcessName" Text, "TokenElevationType" Text, "ProcessId" Hex64, "CommandLine" Text, "TargetUserSid" Sid, "TargetUserName" Text, "TargetDomainName" Text, "TargetLogonId" Hex64, "ParentProcessName" Text, "MandatoryLabel" Sid];
    SERVICE_INSTALLED_AUDIT = 4697 v 0 level 0 task 12289 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "ServiceName" Text, "ServiceFileName" Text, "ServiceType" Hex32, "ServiceStartType" U32, "ServiceAccount" Text];
    TASK_CREATED = 4698 v 0 level 0 task 12804 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "TaskName" Text, "TaskContent" Text];
    TASK_UPDATED = 4702 v 0 level 0 task 12804 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "TaskName" Text, "TaskContentNew" Text];
    ACCOUNT_CREATED = 4720 v 0 level 0 task 13824 key SUCCESS, Body::EventData, ["TargetUserName" Text, "TargetDomainName" Text, "TargetSid" Sid, "SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "PrivilegeList" Text, "SamAccountName" Text, "DisplayName" Text, "UserPrincipalName" Text, "HomeDirectory" Text, "HomePath" Text, "ScriptPath" Text, "ProfilePath" Text, "UserWorkstations" Text, "PasswordLastSet" Text, "AccountExpires" Text, "PrimaryGroupId" Text, "AllowedToDelegateTo" Text, "OldUacValue" Text, "NewUacValue" Text, "UserAccountControl" Text, "UserParameters" Text, "SidHistory" Text, "LogonHours" Text];
    GROUP_MEMBER_ADDED = 4728 v 0 level 0 task 13826 key SUCCESS, Body::EventData, ["MemberName" Text, "MemberSid" Sid, "TargetUserName" Text, "TargetDomainName" Text, "TargetSid" Sid, "SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "PrivilegeList" Text];
    TICKET_GRANTING = 4768 v 0 level 0 task 14339 key SUCCESS, Body::EventData, ["TargetUserName" Text, "TargetDomainName" Text, "TargetSid" Sid, "ServiceName" Text, "ServiceSid" Sid, "TicketOptions" Hex32, "Status" Hex32, "TicketEncryptionType" Hex32, "PreAuthType" Text, "IpAddress" Text, "IpPort" Text, "CertIssuerName" Text, "CertSerialNumber" Text, "CertThumbprint" Text];
    SERVICE_TICKET = 4769 v 0 level 0 task 14337 key SUCCESS, Body::EventData, ["TargetUserName" Text, "TargetDomainName" Text, "ServiceName" Text, "ServiceSid" Sid, "TicketOptions" Hex32, "TicketEncryptionType" Hex32, "IpAddress" Text, "IpPort" Text, "Status" Hex32, "LogonGuid" Guid, "TransmittedServices" Text];
    PRE_AUTHENTICATION_FAILED = 4771 v 0 level 0 task 14339 key FAILURE, Body::EventData, ["TargetUserName" Text, "TargetSid" Sid, "ServiceName" Text, "TicketOptions" Hex32, "Status" Hex32, "PreAuthType" Text, "IpAddress" Text, "IpPort" Text, "CertIssuerName" Text, "CertSerialNumber" Text, "CertThumbprint" Text];
    CREDENTIALS_CHECKED = 4776 v 0 level 0 task 14336 key SUCCESS, Body::EventData, ["PackageName" Text, "TargetUserName" Text, "Workstation" Text, "Status" Hex32];
    DIRECTORY_CHANGED = 5136 v 0 level 0 task 14081 key SUCCESS, Body::EventData, ["OpCorrelationID" Guid, "AppCorrelationID" Text, "SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "DSName" Text, "DSType" Text, "ObjectDN" Text, "ObjectGUID" Guid, "ObjectClass" Text, "AttributeLDAPDisplayName" Text, "AttributeSyntaxOID" Text, "AttributeValue" Text, "OperationType" Text];
    SHARE = 5140 v 1 level 0 task 12808 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "ObjectType" Text, "IpAddress" Text, "IpPort" Text, "ShareName" Text, "ShareLocalPath" Text, "AccessMask" Hex32, "AccessList" Text];
    SHARE_FILE = 5145 v 0 level 0 task 12811 key SUCCESS, Body::EventData, ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64, "ObjectType" Text, "IpAddress" Text, "IpPort" Text, "ShareName" Text, "ShareLocalPath" Text, "RelativeTargetName" Text, "AccessMask" Hex32, "AccessList" Text, "AccessReason" Text];
}

shapes! { "Microsoft-Windows-Eventlog", Some("{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}"), "Security";
    SECURITY_CLEARED = 1102 v 0 level 4 task 104 key 0x4020_0000_0000_0000, Body::UserData("LogFileCleared", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"), ["SubjectUserSid" Sid, "SubjectUserName" Text, "SubjectDomainName" Text, "SubjectLogonId" Hex64];
}

shapes! { "Microsoft-Windows-Eventlog", Some("{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}"), "System";
    LOG_CLEARED = 104 v 0 level 4 task 104 key PLAIN, Body::UserData("LogFileCleared", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"), ["SubjectUserName" Text, "SubjectDomainName" Text, "Channel" Text, "BackupPath" Text];
}

shapes! { "Service Control Manager", Some("{555908D1-A6D7-4695-8E1E-26931D2012F4}"), "System";
    SERVICE_STATE = 7036 v 0 level 4 task 0 key CLASSIC, Body::EventData, ["param1" Text, "param2" Text];
    SERVICE_START_TYPE = 7040 v 0 level 4 task 0 key CLASSIC, Body::EventData, ["param1" Text, "param2" Text, "param3" Text, "param4" Text];
    SERVICE_INSTALLED = 7045 v 0 level 4 task 0 key CLASSIC, Body::EventData, ["ServiceName" Text, "ImagePath" Text, "ServiceType" Text, "StartType" Text, "AccountName" Text];
}

shapes! { "Microsoft-Windows-WindowsUpdateClient", Some("{945A8954-C147-4ACD-923F-40C45405A658}"), "System";
    UPDATE_INSTALLED = 19 v 1 level 4 task 1 key 0x8000_0000_0000_0018, Body::EventData, ["updateTitle" Text, "updateGuid" Guid, "updateRevisionNumber" U32, "serviceGuid" Guid];
}

shapes! { "User32", None, "System";
    SHUTDOWN_ASKED = 1074 v 0 level 4 task 0 key CLASSIC, Body::EventData, ["param1" Text, "param2" Text, "param3" Text, "param4" Text, "param5" Text, "param6" Text, "param7" Text];
}

shapes! { "Microsoft-Windows-Sysmon", Some("{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"), "Microsoft-Windows-Sysmon/Operational";
    SYSMON_PROCESS = 1 v 5 level 4 task 1 key PLAIN, Body::EventData, ["RuleName" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "Image" Text, "FileVersion" Text, "Description" Text, "Product" Text, "Company" Text, "OriginalFileName" Text, "CommandLine" Text, "CurrentDirectory" Text, "User" Text, "LogonGuid" Guid, "LogonId" Hex64, "TerminalSessionId" U32, "IntegrityLevel" Text, "Hashes" Text, "ParentProcessGuid" Guid, "ParentProcessId" U32, "ParentImage" Text, "ParentCommandLine" Text, "ParentUser" Text];
    SYSMON_CONNECTION = 3 v 5 level 4 task 3 key PLAIN, Body::EventData, ["RuleName" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "Image" Text, "User" Text, "Protocol" Text, "Initiated" Text, "SourceIsIpv6" Text, "SourceIp" Text, "SourceHostname" Text, "SourcePort" U16, "SourcePortName" Text, "DestinationIsIpv6" Text, "DestinationIp" Text, "DestinationHostname" Text, "DestinationPort" U16, "DestinationPortName" Text];
    SYSMON_ACCESS = 10 v 3 level 4 task 10 key PLAIN, Body::EventData, ["RuleName" Text, "UtcTime" Text, "SourceProcessGUID" Guid, "SourceProcessId" U32, "SourceThreadId" U32, "SourceImage" Text, "TargetProcessGUID" Guid, "TargetProcessId" U32, "TargetImage" Text, "GrantedAccess" Hex32, "CallTrace" Text, "SourceUser" Text, "TargetUser" Text];
    SYSMON_FILE = 11 v 2 level 4 task 11 key PLAIN, Body::EventData, ["RuleName" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "Image" Text, "TargetFilename" Text, "CreationUtcTime" Text, "User" Text];
    SYSMON_REGISTRY = 13 v 2 level 4 task 13 key PLAIN, Body::EventData, ["RuleName" Text, "EventType" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "Image" Text, "TargetObject" Text, "Details" Text, "User" Text];
    SYSMON_PIPE = 17 v 1 level 4 task 17 key PLAIN, Body::EventData, ["RuleName" Text, "EventType" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "PipeName" Text, "Image" Text, "User" Text];
    SYSMON_DNS = 22 v 5 level 4 task 22 key PLAIN, Body::EventData, ["RuleName" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "QueryName" Text, "QueryStatus" Text, "QueryResults" Text, "Image" Text, "User" Text];
    SYSMON_DELETE = 23 v 5 level 4 task 23 key PLAIN, Body::EventData, ["RuleName" Text, "UtcTime" Text, "ProcessGuid" Guid, "ProcessId" U32, "User" Text, "Image" Text, "TargetFilename" Text, "Hashes" Text, "IsExecutable" Text, "Archived" Text];
}

shapes! { "Microsoft-Windows-PowerShell", Some("{A0C1853B-5C40-4B15-8766-3CF1C58F985A}"), "Microsoft-Windows-PowerShell/Operational";
    SCRIPT = 4104 v 1 level 5 task 2 key 0, Body::EventData, ["MessageNumber" U32, "MessageTotal" U32, "ScriptBlockText" Text, "ScriptBlockId" Text, "Path" Text];
}

shapes! { "Microsoft-Windows-Windows Defender", Some("{11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78}"), "Microsoft-Windows-Windows Defender/Operational";
    DEFENDER_SIGNATURES = 2000 v 0 level 4 task 0 key PLAIN, Body::EventData, ["Product Name" Text, "Product Version" Text, "Current security intelligence Version" Text, "Previous security intelligence Version" Text, "Domain" Text, "User" Text, "SID" Text, "Update Type" Text];
    DEFENDER_OFF = 5001 v 0 level 4 task 0 key PLAIN, Body::EventData, ["Product Name" Text, "Product Version" Text];
    DEFENDER_SETTING = 5007 v 0 level 4 task 0 key PLAIN, Body::EventData, ["Product Name" Text, "Product Version" Text, "Old Value" Text, "New Value" Text];
}

shapes! { "Microsoft-Windows-TerminalServices-LocalSessionManager", Some("{5D896912-022D-40AA-A3A8-4FA5515C76D7}"), "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational";
    SESSION_LOGON = 21 v 0 level 4 task 0 key 0x1000_0000_0000_0000, LOCAL_SESSIONS, ["User" Text, "SessionID" U32, "Address" Text];
    SESSION_END = 23 v 0 level 4 task 0 key 0x1000_0000_0000_0000, LOCAL_SESSIONS, ["User" Text, "SessionID" U32];
}

shapes! { "Microsoft-Windows-TerminalServices-RemoteConnectionManager", Some("{C76BAA63-AE81-421C-B425-340B4B24157F}"), "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational";
    REMOTE_CONNECTION = 1149 v 0 level 4 task 0 key 0x1000_0000_0000_0000, LOCAL_SESSIONS, ["Param1" Text, "Param2" Text, "Param3" Text];
}

shapes! { "Microsoft-Windows-TaskScheduler", Some("{DE7B24EA-73C8-4A09-985D-5BDADCFA9017}"), "Microsoft-Windows-TaskScheduler/Operational";
    TASK_STARTED = 200 v 1 level 4 task 200 key PLAIN, Body::EventData, ["TaskName" Text, "ActionName" Text, "TaskInstanceId" Guid, "EnginePID" U32];
    TASK_DONE = 201 v 2 level 4 task 201 key PLAIN, Body::EventData, ["TaskName" Text, "TaskInstanceId" Guid, "ActionName" Text, "ResultCode" U32, "EnginePID" U32];
}

shapes! { "Microsoft-Windows-BitLocker-API", Some("{5D674230-CA9F-11DA-A94D-0800200C9A66}"), "Microsoft-Windows-BitLocker/BitLocker Management";
    BITLOCKER_STARTED = 768 v 0 level 4 task 0 key PLAIN, Body::EventData, ["IdentificationGUID" Guid, "VolumeName" Text, "VolumeMountPoint" Text];
    BITLOCKER_PROTECTOR = 775 v 0 level 4 task 0 key PLAIN, Body::EventData, ["IdentificationGUID" Guid, "VolumeName" Text, "VolumeMountPoint" Text, "ProtectorGUID" Guid, "ProtectorType" Hex32];
}

shapes! { "ESENT", None, "Application";
    DATABASE_CREATED = 325 v 0 level 4 task 1 key CLASSIC, Body::EventData, ["" Text];
}

shapes! { "MSSQLSERVER", None, "Application";
    DATABASE_BACKED_UP = 18265 v 0 level 4 task 6 key CLASSIC, Body::EventData, ["" Text];
}
