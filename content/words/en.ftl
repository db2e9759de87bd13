# Words of Rempart in English. Same keys as fr.ftl.

and = and
unknown = not known
more = … and { $count ->
    [one] one more
   *[other] { $count } more
}
more-in-csv = … and { $count } more, all in signals.csv

# Dates
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

# The first sentences
headline-calm = { $signals ->
    [0] Nothing in this evidence tells of an attack.
    [one] Nothing in this evidence tells of an attack; one signal stands alone.
   *[other] Nothing in this evidence tells of an attack; { $signals } signals stand alone.
}
headline-suspected = { $count ->
    [one] One machine is under suspicion;
   *[other] { $count } machines are under suspicion;
}
headline-compromised = { $count ->
    [one] An attacker acts on one machine;
   *[other] An attacker acts on { $count } machines;
}
headline-lost = { $count ->
    [one] One machine is lost;
   *[other] { $count } machines are lost;
}
headline-both = { $lost ->
    [one] One machine is lost
   *[other] { $lost } machines are lost
} and the attacker acts on { $compromised ->
    [one] one more;
   *[other] { $compromised } more;
}
headline-no-map = which care that hits is not known without a map.
headline-no-care = no care is touched.
headline-care-untouched = as far as the map tells, no care service loses anything by it.
headline-care-at-risk = { $count ->
    [one] no care is lost yet, one service is at risk.
   *[other] no care is lost yet, { $count } services are at risk.
}
headline-care = { $count ->
    [one] { $first } gets worse or stops, from { $when }.
   *[other] { $count } care services get worse or stop, { $first } first, { $when }.
}
lede-at-risk = { $count ->
    [one] If the attack goes on, one service is hit, or hit sooner.
   *[other] If the attack goes on, { $count } services are hit, or hit sooner.
}
lede-unknown-hosts = { $count ->
    [one] Not known: one host in the evidence is not on the map.
   *[other] Not known: { $count } hosts in the evidence are not on the map.
}
lede-ambiguous-hosts = { $count ->
    [one] One host could be several assets.
   *[other] { $count } hosts could be several assets each.
}
lede-unreadable = { $count ->
    [one] One file could not be read whole.
   *[other] { $count } files could not be read whole.
}
lede-partial = Reading was interrupted: this is what was found so far.
evidence-line = { $events } events read in { $files ->
    [one] one file
   *[other] { $files } files
}, judged by { $rules } rules: { $signals } signals. { $unreadable ->
    [0] Nothing was unreadable.
    [one] One file was unreadable, whole or in part.
   *[other] { $unreadable } files were unreadable, whole or in part.
}

# States, stances, levels
state-stopped = stopped
state-degraded = worse
state-at-risk = at risk
state-fallback = on fallback
state-up = working
stance-suspected = suspected
stance-compromised = compromised
stance-lost = lost
level-informational = information
level-low = low
level-medium = medium
level-high = high
level-critical = critical
next-stops = stops { $when } (in { $span })
next-worse = worse { $when } (in { $span })
next-at-risk = from { $when } if the attack goes on
next-at-risk-now = at once if the attack goes on
next-since = since { $when }
care-count = { $count ->
    [one] one service hit
   *[other] { $count } services hit
}
clock-legend = thin: on fallback · middle: worse · full: stopped · pale: what will follow · dashed: if the attack goes on · upright line: now
holds = holds { $span }

# Sections and columns
report-title = Rempart: from the logs to the wards at risk
report-footer = Made by Rempart from the evidence named above. Every figure can be computed again from the same files. Rempart gives reminders and drafts, not legal advice.
section-care = Care: what stops, where, when
section-cut = Cut: what it costs, what it saves
section-tell = Tell: whom, by when
section-restore = Come back: what first
section-chains = What happened
section-timeline = The attack over time, by tactic
section-why = Why each service is hit
section-evidence = Evidence: what was read, what was not
section-unreadable = Not readable, whole or in part
section-skipped = Files that are not logs
section-assumed = Assumed while reading
section-refused = Rules refused
section-unknown-hosts = Hosts that the map does not know
section-ambiguous-hosts = Hosts that could be several assets
section-signals = The signals behind this
section-copies = What each machine comes back from
section-steps = Steps, one after the other
column-service = Service
column-because = Because of
column-procedure = On paper
column-divert = Divert to
column-lever = What to pull
column-place = Where
column-who = Who may
column-undo = How to undo
column-due = By
column-recipient = Whom
column-why = Why
column-law = Law
column-node = Machine or application
column-back = Back
column-way = From
column-copy = Copy taken
column-start = From
column-end = To
column-step = Step
column-team = Team
column-asset = Machine or account
column-stance = It is
column-since = Since
column-when = When
column-level = Level
column-signal = Signal
column-host = Host
column-source = Source
not-on-map = not on the map

# Cutting
cut-explained = Figures are weighted care-hours. Cost: care lost by cutting, if nothing else happens. Saved: care kept if the attack goes on. Left: care still lost if it goes on.
costs = costs
costs-at-least = costs at least
saves = saves
danger = left at stake
care-hours = care-hours
takes = takes
option-none = Cut nothing
option-others = { $count ->
    [one] one other cut
   *[other] { $count } other cuts
}
still-reachable = { $count ->
    [one] Still within the attacker's reach:
   *[other] { $count } still within the attacker's reach:
}
action-isolate = isolate or switch off
action-switch_off = switch off
action-close = close a way
action-disable = disable accounts
action-cut_internet = cut the Internet
do-isolate = isolate { $target }
do-switch_off = switch off { $target }
do-close = close { $target }
do-disable = disable the accounts of { $target }
do-cut_internet = cut the Internet of { $target }
option-nothing = Cut nothing: it costs nothing now, but { $danger } care-hours are lost if the attack goes on, with { $reach ->
    [0] nothing more
    [one] one more machine
   *[other] { $reach } more machines
} in reach.
option-cut = { $actions }: costs { $price } care-hours, saves { $saved } if the attack goes on; { $reach ->
    [0] nothing more stays
    [one] one machine stays
   *[other] { $reach } machines stay
} in reach.

# Telling
status-due = due
status-possible = possible
status-on-request = on request
status-without-delay = without delay
latest = latest reading: { $when }
assumed = Taken for granted: { $facts }.
to-be-checked = wording to be checked against the text
tell-calm = No clock runs from this evidence. If you know more than it tells, say so with --aware and --fact.
not-legal-advice = These are reminders and drafts, not legal advice. The hour shown is the strict reading.
draft = Draft

# Coming back
restore-figures = This plan loses { $lost } care-hours; no plan can lose less than { $bound }; restoring for the heaviest service first would lose { $heaviest }. What has no known return is counted over { $horizon }.
way-backup = a backup
way-rebuild = a rebuild, no copy
way-unknown = not known
maybe-tainted = taken after the attack began: maybe tainted
data-lost = { $span } of data to enter again
not-planned = Compromised but still running, not planned here:

# ATT&CK tactics, in plain words
tactic-reconnaissance = Reconnaissance
tactic-resource-development = Preparation
tactic-initial-access = Entry
tactic-execution = Execution
tactic-persistence = Foothold
tactic-privilege-escalation = More rights
tactic-defense-evasion = Hiding
tactic-stealth = Hiding
tactic-defense-impairment = Defences broken
tactic-credential-access = Credentials
tactic-discovery = Looking around
tactic-lateral-movement = Moving across
tactic-collection = Collecting
tactic-command-and-control = Remote control
tactic-exfiltration = Data theft
tactic-impact = Harm

# The map as a picture
draw-about = From care services on the left to the machines that carry them on the right. A line is a need.
draw-care = Care, by site
draw-applications = Applications
draw-machines = Machines they need
draw-carriers = What carries those
draw-others = others
draw-legend = Solid line: stops without it. Dashed line: gets worse without it. Dashed box: several machines of one kind in one zone.

# What-ifs
impact-worse = worse { $when }
impact-stops = stops { $when }
impact-none = No care is touched.
impact-lost = Care lost until all is back: { $lost } weighted care-hours.
whatif = Price: { $price } care-hours. Danger left: { $danger } care-hours. Both over { $horizon }. { $reach ->
    [0] Nothing more is within the attacker's reach.
    [one] One asset stays within the attacker's reach.
   *[other] { $reach } assets stay within the attacker's reach.
}

# Why a clock runs
why-detection = Counted from detection, { $when }: { $signal }.
why-awareness = Counted from when you became aware, { $when }.
why-now = Counted from now, for want of a stated awareness; it cannot be earlier than the first signal, { $when }: { $signal }.
why-now-alone = Counted from now, for want of a stated awareness.
why-sent = Counted from the sending of "{ $notice }", { $when }.
why-projected = Projected from the deadline of "{ $notice }", not yet sent.
why-event = Counted from { $event }, { $when }.
why-unknown = Its start is not known yet.
why-rests = Rests on: { $facts }.
limit-without-delay = Without delay.
limit-on-request = On request.
limit-always = For every incident.
limit-hours = Within { $count } hours.
limit-days = { $count ->
    [one] Within one day.
   *[other] Within { $count } days.
}
limit-weeks = { $count ->
    [one] Within one week.
   *[other] Within { $count } weeks.
}
limit-months = { $count ->
    [one] Within one month.
   *[other] Within { $count } months.
}

# What drafts say
draft-systems = { $lost } machines unusable, { $compromised } more compromised
draft-happened = Attack on the information system; seen in the logs: { $tactics }. Machines made unusable: { $lost }.
draft-state = under way, situation of { $when }
draft-malicious = yes, an unlawful or malicious act is suspected
draft-severity = { $count } care services degraded or stopped, { $lost } machines unusable
draft-data = held by: { $names }
draft-persons = up to { $count } persons in the largest application touched (to be confirmed)

# Chains
chain-when = { $start } to { $end }
chain-no-time = At an unknown time
chain-sentence = { $when }, first on { $entry }: { $path }; { $rules } different rules on { $hosts ->
    [one] one machine
   *[other] { $hosts } machines
}; { $outcome }.
chain-touched = nothing is known to be taken
chain-compromised = { $count ->
    [one] one machine is compromised
   *[other] { $count } machines are compromised
}
chain-lost = { $count ->
    [one] one machine is lost
   *[other] { $count } machines are lost
}
chain-both = { $lost ->
    [one] one machine is lost
   *[other] { $lost } machines are lost
}, { $compromised } more compromised

# Why a step stands where it stands
wait-nothing = Starts at once.
wait-step = After { $step }.
wait-people = When people of { $skill } are free{ $behind }.
wait-hours = When people of { $skill } are on duty for long enough.
wait-bandwidth = When { $store } has bandwidth{ $behind }.
wait-clean-room = When a clean-room place is free{ $behind }.
wait-behind = , after { $step }
serves = Brings back first: { $service }.

# What is missing
missing-map = Without a map Rempart cannot say which care is hit, what to cut, or what to restore first: draft one with rempart map draft, or give yours with --map.
missing-crossings = { $count ->
    [one] One need crosses zones by a way that the map does not name: prices are "at least".
   *[other] { $count } needs cross zones by ways that the map does not name: prices are "at least".
}
missing-times = { $count ->
    [one] One event has a time that cannot be trusted; it is kept and moves nothing.
   *[other] { $count } events have times that cannot be trusted; they are kept and move nothing.
}
missing-groups = { $count ->
    [one] One count of repeated events was let go to make room for others: what it would have shown may be missing.
   *[other] { $count } counts of repeated events were let go to make room for others: what they would have shown may be missing.
}
missing-returns = { $count ->
    [one] The return of one lost machine is not known: the map names no way to restore it.
   *[other] The return of { $count } lost machines is not known: the map names no way to restore them.
}
option-pays = { $count ->
    [0] What it costs: { $service }.
    [one] What it costs: { $service } and one other service.
   *[other] What it costs: { $service } and { $count } other services.
}
hand-one = isolate { $target }
hand-lost = isolate what is lost already ({ $target })
hand-compromised = isolate what is compromised ({ $target })
drafts-elsewhere = The drafts most likely to be sent follow; the others are in the folder drafts.

# A drafted map
draft-head =
    {"#"} A first map, drafted from evidence and inventory. What is guessed says "guess": settle each, then take the mark out.
    {"#"} Machines are in assets.csv, one a line; why each is taken for what it is stands beside its id in assets.toml.
draft-name = Our hospital (write its name)
draft-care =
    {"#"} Care is never guessed. Write each ward and service: what it needs, and how long it does without.
    {"#"} [[care_service]]
    {"#"} id = "emergency"
    {"#"} name = "Emergency department"
    {"#"} site = "site-1"
    {"#"} weight = 90            # harm of an hour stopped, 0 to 100
    {"#"} procedure = "Paper file, printed list of 06:00"
    {"#"} holds = "4h"
    {"#"} needs = [{"{"} on = ["laboratory"], effect = "stops", grace = "4h" {"}"}]
    {"#"}
    {"#"} [[application]]
    {"#"} id = "laboratory"
    {"#"} name = "Laboratory system"
    {"#"} needs = [{"{"} on = ["srv-lab-01"] {"}"}]
draft-assets =
    {"#"} What machines need, and why they are taken for what they are. A guess is a guess: a need seen three times may be a habit.
draft-network =
    {"#"} Zones, flows and controls as seen. A way that nobody took on those days is not here.
    {"#"} Write your levers: [[lever]] id, label, isolates, closes, disables, place, who, minutes, undo.
draft-teams =
    {"#"} Who restores, from which copies, where. Nothing of this can be seen in logs.
    {"#"} [[team]]
    {"#"} id = "windows"
    {"#"} skill = "windows"
    {"#"} number = 2
    {"#"} daily = "08:00-18:00"
draft-contacts =
    {"#"} Whom to call when the telephones are down: id, name, role, for (whom they stand in for), channels, survives.
draft-columns = { $count ->
    [one] One column of the inventory was not understood: { $columns }.
   *[other] { $count } columns of the inventory were not understood: { $columns }.
}
draft-nameless = Lines of the inventory that name no machine: { $count }.
draft-unreadable = Cells of the inventory that should hold an address and do not: { $count }.
draft-cut = Sightings beyond the limits, left out: { $count }.
draft-done = Drafted: { $machines ->
    [one] one machine
   *[other] { $machines } machines
}, from { $events } events. Next: rempart map check { $folder }
guess-kind-role = by what it was seen to do
guess-kind-os = by its operating system
guess-kind-name = by its name
guess-kind-clients = several machines ask it for something
guess-kind-medical = it speaks DICOM or HL7 to others
guess-kind-none = nothing tells
guess-need = seen asking it for { $service }
guess-flow = seen
guess-control = it gives tickets to these machines

### Paper: what is printed
paper-dated = Printed { $when } · check that this is the latest
paper-reprint = Print it again after every change of the map, and at least every three months.
paper-at = at
paper-hour = Time
paper-what = What
paper-who = Who
paper-at-once = at once

# Cut cards and labels
paper-cards = Cut cards
paper-labels = Labels for the equipment
paper-no-levers = The map has no lever yet: write what a person can pull at night in network.toml.
paper-photo = Photo
paper-takes = Takes
paper-care = Care
paper-undo = Undo
paper-does = To be exact: { $what }.
paper-cut-by = Cut by
paper-undone-by = Undone by
paper-nothing-stops = Nothing stops: the map knows no care that depends on it.
paper-at-least = At least: the map does not name every way that it closes.
paper-stops = { $soon ->
    [0] No service stops within a day
    [one] One service stops within a day
   *[other] { $soon } services stop within a day
}{ $later ->
    [0] .
    [one] ; one other gets worse, or stops later.
   *[other] ; { $later } others get worse, or stop later.
}
paper-worse-now = worse at once
paper-worse = worse after { $span }
paper-stops-now = stops at once
paper-stops-after = stops after { $span }

# The red folder
paper-folder = Red folder
paper-folder-about = For the night when the screens go dark. Whom to call, what to unplug, how each ward goes on. It needs no computer, no network, no password.
paper-first-call = Call the on-duty director and the security lead: their numbers are on the contacts pages.
paper-first-cut = Cut only with a card in hand: it says where, who may, and what care stops.
paper-first-keep = Switch nothing off and reinstall nothing unless a card or the lead says so: what the machines hold is needed.
paper-inside = In this folder
paper-numbers = Numbers that survive
paper-copy = Copy no.
paper-kept-at = kept at
paper-checked = checked by, on
paper-hours = The first hours
paper-minute = Minute
paper-question = Question
paper-answer = Answer
paper-ask-real = Is it real, and who leads?
paper-ask-cut = What do we cut, where is it, what care stops if we do?
paper-ask-awake = Who is awake, who took which role?
paper-ask-hit = What is hit, and which ward does it hurt?
paper-ask-wards = Which wards go to paper, which patients must move, by when?
paper-ask-tell = Whom do we notify, by when, with what text?
paper-ask-decide = What did we decide, who, why?
paper-ask-keep = What must nobody wipe?
paper-ask-say = What do staff, patients and press hear?
paper-ask-director = What must the director know in 60 seconds?
paper-ask-back = What comes back first, is its backup clean?
paper-ask-relief = What must my relief know?
paper-hint-real = One name leads. From now on, write every hour down.
paper-hint-cut = Internet and backups first; tick the card.
paper-hint-awake = Check that the telephones work; if not, radio or a runner.
paper-hint-hit = Ask the wards, starting with emergency, intensive care, laboratory.
paper-hint-wards = Give each ward its page; ask again every hour.
paper-hint-tell = Health agency, national health CERT, data protection, police, insurer.
paper-hint-decide = On the log, as it happens.
paper-hint-keep = Encrypted machines, logs, the ransom note: unplug the network, not the power.
paper-hint-say = One voice only; no cause, no culprit, no promise.
paper-hint-director = Care that stops, and when; what waits for a decision.
paper-hint-back = Directory, then what the heaviest wards need; test the copy away from the network.
paper-hint-relief = Decisions, promises, who sleeps, what comes next.
paper-log = Log
paper-log-about = One line a decision, when it is taken. Nothing is rubbed out: strike it through and write below.
paper-decided = What was decided or learned
paper-reason = Why
paper-code-home = The console

# Contacts
paper-contacts = Whom to call
paper-contacts-about = If the first does not answer within ten minutes, call the one below who stands in.
paper-reach = How
paper-survives = Works without
paper-reached = Reached at, says
paper-stands-in = stands in for: { $name }
paper-channel-tel = telephone
paper-channel-sms = text message
paper-channel-radio = radio
paper-channel-line = direct line
paper-channel-post = outside mailbox
paper-channel-mail = e-mail
paper-without-telephony = the telephone system
paper-without-network = the network

# Wards
paper-wards = Ward pages
paper-glance = Wards at a glance
paper-state = State, since
paper-no-care = The map has no care service yet: write them in hospital.toml.
paper-holds = Holds on paper
paper-mtpd = a stop can be borne for { $span }
paper-procedure = On paper
paper-downtime = Spare kit
paper-divert = Divert to
paper-call = Call
paper-code-ward = This ward on the console
paper-code-call = Scan to call
paper-needs = What it needs
paper-worse-in = Worse after
paper-stops-in = Stops after
paper-some-of = { $least } of these { $all }: { $names }
paper-night = This night
paper-on-paper-since = On paper since
paper-patients = Patients
paper-in-charge = In charge

# Posters and return sheets
paper-posters = Ward posters
paper-poster-about = The computers are down? Tell the crisis team how your ward is, from any telephone.
paper-poster-code = Ward code
paper-poster-open = Scan the square, or type the address and the ward code.
paper-poster-say = Say how the ward is, and what it lacks.
paper-poster-read = Read there what the crisis team decides for you.
paper-poster-dark = No screen at all? Use the ward's page in the red folder, and a runner.
paper-return = Return sheet
paper-return-about = Do it, write the hour and your name, bring the sheet back: every line is typed in under its number.
paper-reference = No.
paper-done-at = Done at
paper-done-by = By
paper-remark = Remark
paper-brought-by = Brought back by
paper-typed-by = typed in by
demo-begins = This is a demonstration: the hospital group is fictional, the night is made from seed { $seed }.
demo-goes-on = The night goes on where it stood. To begin it anew, remove { $folder }.
demo-report = The report for the director: { $file }
demo-serves = This is a demonstration: nothing in it is real. Press Ctrl C to end it.
