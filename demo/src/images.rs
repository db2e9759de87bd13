//! What a program's file says of itself, as Sysmon shows it.

use crate::dice::Dice;

/// The version block of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) original: &'static str,
    pub(crate) description: &'static str,
    pub(crate) product: &'static str,
    pub(crate) company: &'static str,
    pub(crate) version: &'static str,
}

/// The version block of the program at that path; a file that has none says `-`, as Sysmon writes it.
pub(crate) fn about(path: &str) -> About {
    let name = path.rsplit('\\').next().unwrap_or(path);
    let known = KNOWN.iter().find(|it| it.0.eq_ignore_ascii_case(name));
    match known {
        Some((_, original, description, "Windows")) => About {
            original,
            description,
            product: "Microsoft® Windows® Operating System",
            company: "Microsoft Corporation",
            version: "10.0.20348.2113 (WinBuild.160101.0800)",
        },
        Some((_, original, description, maker)) => {
            About { original, description, product: description, company: maker, version: "7.4.1.0" }
        }
        None => About { original: "-", description: "-", product: "-", company: "-", version: "-" },
    }
}

/// Hashes of a file, the same for the same path.
pub(crate) fn hashes(path: &str) -> String {
    let mut dice = Dice::part(0, path);
    format!("MD5={},SHA256={},IMPHASH={}", dice.hex(32), dice.hex(64), dice.hex(32))
}

/// File name, original name, description, maker.
const KNOWN: [(&str, &str, &str, &str); 62] = [
    ("AdFind.exe", "AdFind.exe", "AdFind", "joeware"),
    ("at.exe", "AT.EXE", "Schedule service command line interface", "Windows"),
    ("bcdedit.exe", "bcdedit.exe", "Boot Configuration Data Editor", "Windows"),
    ("chrome.exe", "chrome.exe", "Google Chrome", "Google LLC"),
    ("cmd.exe", "Cmd.Exe", "Windows Command Processor", "Windows"),
    ("conhost.exe", "CONHOST.EXE", "Console Window Host", "Windows"),
    ("cscript.exe", "cscript.exe", "Microsoft ® Console Based Script Host", "Windows"),
    ("csvde.exe", "csvde.exe", "LDIF/CSV Directory Exchange", "Windows"),
    ("defrag.exe", "Defrag.EXE", "Disk Defragmenter Module", "Windows"),
    ("dllhost.exe", "dllhost.exe", "COM Surrogate", "Windows"),
    ("dsquery.exe", "dsquery.exe", "Microsoft AD DS/LDS query command line utility", "Windows"),
    ("EXCEL.EXE", "Excel.exe", "Microsoft Excel", "Microsoft Corporation"),
    ("explorer.exe", "EXPLORER.EXE", "Windows Explorer", "Windows"),
    ("gpupdate.exe", "GPUpdate.exe", "Microsoft Group Policy Update Utility", "Windows"),
    ("hostname.exe", "hostname.exe", "Hostname APP", "Windows"),
    ("ipconfig.exe", "ipconfig.exe", "IP Configuration Utility", "Windows"),
    ("lsass.exe", "lsass.exe", "Local Security Authority Process", "Windows"),
    ("mmc.exe", "mmc.exe", "Microsoft Management Console", "Windows"),
    ("MpCmdRun.exe", "MpCmdRun.exe", "Microsoft Malware Protection Command Line Utility", "Windows"),
    ("msedge.exe", "msedge.exe", "Microsoft Edge", "Microsoft Corporation"),
    ("msiexec.exe", "msiexec.exe", "Windows installer", "Windows"),
    ("mstsc.exe", "mstsc.exe", "Remote Desktop Connection", "Windows"),
    ("net.exe", "net.exe", "Net Command", "Windows"),
    ("net1.exe", "net1.exe", "Net Command", "Windows"),
    ("netstat.exe", "netstat.exe", "TCP/IP Netstat Command", "Windows"),
    ("nltest.exe", "nltestrk.exe", "Microsoft® Logon Server Test Utility", "Windows"),
    ("notepad.exe", "NOTEPAD.EXE", "Notepad", "Windows"),
    ("nslookup.exe", "nslookup.exe", "nslookup", "Windows"),
    ("ntdsutil.exe", "ntdsutil.exe", "NT5DS", "Windows"),
    ("OUTLOOK.EXE", "Outlook.exe", "Microsoft Outlook", "Microsoft Corporation"),
    ("ping.exe", "ping.exe", "TCP/IP Ping Command", "Windows"),
    ("powershell.exe", "PowerShell.EXE", "Windows PowerShell", "Windows"),
    (
        "procdump64.exe",
        "procdump",
        "Sysinternals process dump utility",
        "Sysinternals - www.sysinternals.com",
    ),
    ("PsExec64.exe", "psexec.c", "Execute processes remotely", "Sysinternals - www.sysinternals.com"),
    ("PSEXESVC.exe", "psexesvc.exe", "PsExec Service", "Sysinternals"),
    ("quser.exe", "quser.exe", "Query User Utility", "Windows"),
    ("rclone.exe", "rclone.exe", "Rclone", "https://rclone.org"),
    ("reg.exe", "reg.exe", "Registry Console Tool", "Windows"),
    ("robocopy.exe", "robocopy.exe", "Microsoft Robocopy", "Windows"),
    ("rundll32.exe", "RUNDLL32.EXE", "Windows host process (Rundll32)", "Windows"),
    ("sc.exe", "sc.exe", "Service Control Manager Configuration Tool", "Windows"),
    ("schtasks.exe", "schtasks.exe", "Task Scheduler Configuration Tool", "Windows"),
    ("services.exe", "services.exe", "Services and Controller app", "Windows"),
    ("sqlservr.exe", "SQLSERVR.EXE", "SQL Server Windows NT - 64 Bit", "Microsoft Corporation"),
    ("svchost.exe", "svchost.exe", "Host Process for Windows Services", "Windows"),
    ("systeminfo.exe", "sysinfo.exe", "Displays system information", "Windows"),
    ("taskhostw.exe", "taskhostw.exe", "Host Process for Windows Tasks", "Windows"),
    ("taskkill.exe", "taskkill.exe", "Terminates Processes", "Windows"),
    ("tasklist.exe", "tasklist.exe", "Lists the current running tasks", "Windows"),
    ("TiWorker.exe", "TiWorker.exe", "Windows Modules Installer Worker", "Windows"),
    ("TrustedInstaller.exe", "TrustedInstaller.exe", "Windows Modules Installer", "Windows"),
    (
        "vssadmin.exe",
        "VSSADMIN.EXE",
        "Command Line Interface for Microsoft® Volume Shadow Copy Service",
        "Windows",
    ),
    ("wbadmin.exe", "WBADMIN.EXE", "Command Line Interface for Microsoft® BLB Backup", "Windows"),
    ("wevtutil.exe", "wevtutil.exe", "Eventing Command Line Utility", "Windows"),
    ("whoami.exe", "whoami.exe", "whoami - displays logged on user information", "Windows"),
    ("winlogon.exe", "WINLOGON.EXE", "Windows Logon Application", "Windows"),
    ("WINWORD.EXE", "WinWord.exe", "Microsoft Word", "Microsoft Corporation"),
    ("WmiPrvSE.exe", "Wmiprvse.exe", "WMI Provider Host", "Windows"),
    ("wmic.exe", "wmic.exe", "WMI Commandline Utility", "Windows"),
    ("wsmprovhost.exe", "wsmprovhost.exe", "Host process for WinRM plug-ins", "Windows"),
    ("wsqmcons.exe", "wsqmcons.exe", "Windows SQM Consolidator", "Windows"),
    ("wuauclt.exe", "wuauclt.exe", "Windows Update", "Windows"),
];
