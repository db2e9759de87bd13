### Evidence

evidence-title-none = No machine is known to be hit; wipe nothing that behaves oddly.
evidence-title = { $hit ->
    [one] One machine is hit:
   *[other] { $hit } machines are hit:
} { $count ->
    [0] logs of all are kept here; wipe none before its disk is copied.
    [one] one must not be wiped, nothing of it is kept here yet.
   *[other] { $count } must not be wiped, nothing of them is kept here yet.
}
evidence-lede = { $files ->
    [0] No evidence was brought yet.
    [one] Brought: one file or folder,
   *[other] Brought: { $files } files or folders,
} { $events } records read, { $size }. Copy memory and disk of a machine before anybody installs it anew: logs alone do not replace them.
evidence-brought = What was brought
evidence-none = Nothing yet. Bring logs on the right: event logs of Windows (.evtx), files of firewalls and servers, or an archive of them. They are read here and nowhere else.
evidence-hit = Machines that are hit
evidence-hit-why = Those that an attacker holds or broke. Logs of a machine are kept once it speaks in what was read, or once a file about it is brought.
evidence-none-hit = None is known.
evidence-do-not-wipe = do not wipe
evidence-logs-kept = logs kept
evidence-state-arriving = arriving
evidence-state-kept = kept, to be read
evidence-state-reading = being read
evidence-state-read = read
evidence-state-failed = not read
evidence-arriving = How much arrived
evidence-arrived = { $done } of { $all } arrived. Choose the same file again to go on.
evidence-failed = It could not be read:
evidence-read = Read: { $files ->
    [one] one log,
   *[other] { $files } logs,
} { $events } records.
evidence-distrusted = { $count ->
    [one] One record has a time that cannot be right.
   *[other] { $count } records have times that cannot be right.
}
evidence-partial = Reading was interrupted: there is more to read.
evidence-unreadable = { $count ->
    [one] One file is damaged or was refused
   *[other] { $count } files are damaged or were refused
}
evidence-skipped = { $count ->
    [one] One file is no log and was left
   *[other] { $count } files are no logs and were left
}
evidence-assumed = { $count ->
    [one] Something was assumed of one file
   *[other] Something was assumed of { $count } files
}
evidence-download = Download
evidence-again = Read again
evidence-rules-changed = The rules changed since it was read.
evidence-files = { $count ->
    [one] One file
   *[other] { $count } files
}
evidence-files-more = Only the first of them are listed.
evidence-bring = Bring evidence
evidence-about = Machine that it comes from
evidence-about-hint = Leave it empty for logs of several machines.
evidence-file = Files
evidence-file-hint = Up to { $size } each. A lost line goes on where it stopped.
evidence-do = Bring them
evidence-kinds = Event logs of Windows, syslog, web servers, firewalls, Zeek, Suricata, CSV, JSON; packed as zip, gz, tar or zstd. The SHA-256 of each file is noted.
evidence-lost = The line is lost; trying again.
size-bytes = { $count } B
size-kib = { $count } KiB
size-mib = { $count } MiB
size-gib = { $count } GiB
evidence-drop = Take it back
evidence-watched = Files put into { $folder } are brought here by themselves.
