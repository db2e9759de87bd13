# Words of the console.

# Frame
skip-to-content = Go to the content
rooms = Rooms
live = live
live-lost = The line to Rempart is lost; this page may be old. Trying again.
live-back = The line is back; everything here is up to date.
live-out = You are signed out: this page is no longer live. Keep what you typed, then sign in again.
palette = Go to
palette-ask = Where to?
palette-keys = Ctrl K or ? opens this; g then a letter goes to a room.
seen-as = See as
look = Look
demonstration-strip = Demonstration: a made-up French hospital group; nothing here is real.
nobody-yet = nobody yet
bar-free = free: { $roles }
bar-since = began { $when } · { $span } ago
bar-exercise = exercise, began { $when } · { $span } ago
bar-closed = closed, began { $when }
print = Print
undo = Undo
by = by
ward = Ward
room-night = Night
room-cut = Cut
room-wards = Wards
room-map = Map
room-timeline = Timeline
room-clocks = Clocks
room-tasks = Tasks
room-messages = Messages
room-restoration = Restoration
room-evidence = Evidence
room-log = Decision log
room-handover = Handover
room-duty = Call tree
room-declare = Declare
room-hospital = Hospital
room-folder = Red folder
room-people = People
room-settings = Settings
room-audit = Audit
room-rules = Rules
room-health = Health of Rempart
room-situation = Situation on one A4
room-wall = Wall display
room-api = API

# Roles
account-role-viewer = viewer
account-role-contributor = contributor
account-role-responder = responder
account-role-incident-commander = incident commander
account-role-director = director
account-role-site-administrator = site administrator
account-role-auditor = auditor
role-director = Director
role-lead = Lead
role-technical = Technical
role-care = Care
role-communication = Communication
role-scribe = Scribe
role-director-does = decides for the hospital, speaks to the authorities
role-lead-does = leads the response, proposes what to cut
role-technical-does = directs engineers: contain, keep traces, restore
role-care-does = calls the wards, decides on diversion with the director
role-communication-does = texts for staff, patients, press
role-scribe-does = writes down who did what, when

# Problems
problem-inside = This could not be done.
problem-bad = Something in the form is missing or wrong.
problem-missing = There is nothing at this address.
problem-forbidden = Your roles do not let you do this.
problem-stale = Somebody else changed this since you opened it. Nothing was overwritten.
problem-stale-form = This form is too old or comes from elsewhere: open the page again, then send it.
problem-exists = The same name exists already.
problem-full = The disk is full: reading works, nothing was changed. Make room, then try again.
problem-away = The database does not answer. Try again in a moment.
problem-large = This is larger than can be taken here. Send less at once.
problem-slow = It took too long to arrive. Send it again.
problem-method = This address does not take that. Open the page again.
problem-media = This is of a kind that cannot be taken here. Send a form or JSON.
problem-key-used = This was sent before with other words. Open the page again, then send it.
problem-often = Too many live lines are open. Close other windows, then try again.
problem-link = This link was used or has ended. Ask for another.
problem-no-map = No map of the hospital yet: bring one on the page Hospital.
problem-closed = This incident is closed.
problem-typed = What you had typed, so that nothing is lost
problem-home = Back to the first page
clock-wrong = The clock of this machine is wrong: deadlines and one-time codes depend on it. Set it, then start Rempart again.

# Coming in
login-title = Sign in
login-name = Name
login-password = Password
login-do = Sign in
login-wrong = The name or the password is wrong. You may try again: nobody is locked out, only slowed down.
login-ward = In a ward, with the printed code?
login-ward-link = The ward’s door
setup-title = First administrator
setup-lede = This link works once. Choose a name and a password; people, roles and the map come next.
reset-title = A new password
setup-name = Name
setup-name-hint = small letters, digits, points, dashes
setup-password = Password
setup-password-hint = at least 12 letters; a few words in a row are easy to type at night
setup-again = The same once more
setup-do = Keep it
setup-differs = The two passwords differ.
refused-name = Take 2 to 64 small letters, digits, points or dashes, as in nurse-17.
refused-short = The password is too short: take at least 12 letters.
refused-common = The password is easily guessed: take other words.
me-sessions = Where you are signed in
me-since = Since
me-used = Last used
me-from = From
me-this = this one
me-end = End
me-out = Sign out

# Declare
declare-title = Is it real, and who leads?
declare-lede = One button opens the incident and its log. It costs nothing to be wrong: close it again with a word why.
declare-already = An incident is open: { $title }.
declare-join = Join it
declare-what = What happens?
declare-what-hint = a few words, as you would say them on the telephone
declare-where = Where?
declare-group = the whole group
declare-kind = What is it?
declare-kind-real = an incident
declare-kind-exercise = an exercise
declare-lead = I take the lead until somebody relieves me
declare-do = Declare
declare-undo = Your name and the time are written down. It can be closed at any moment.
declare-real = Is it real? Four looks, two minutes
declare-check-1 = Two machines or more with the same sign, or files that no longer open?
declare-check-2 = Does a second telephone, not the computer, confirm it from another ward?
declare-check-3 = No planned works tonight? Ask whoever is on call.
declare-check-4 = In doubt, declare: leave machines on, pull network cables, photograph screens.
distrust-title = The directory may be in the attacker’s hands
distrust-explained = Ends every session that came from the identity provider; local and sealed accounts go on. It is written down.
distrust-do = Trust the directory no more

# Call tree
duty-title = { $free ->
    [0] Every role is taken;
    [one] One role is free;
   *[other] { $free } roles are free;
} { $awake ->
    [0] nobody on the call tree is awake yet.
    [one] one person on the call tree is awake.
   *[other] { $awake } people on the call tree are awake.
}
duty-lede = Call from the top. What came of each call is one button; numbers marked as surviving work without the network.
duty-tree = Whom to call
duty-count = { $awake } of { $all } awake
duty-no-contacts = The map has no contacts yet: add them on the page Hospital, file contacts.toml.
duty-survives = survives
duty-stands-in = stands in for { $whom }
duty-roles = Who leads what
duty-take = I take it
duty-other = Somebody else
duty-who = Who
duty-note = Note it
call-awake = Awake
call-no_answer = No answer
call-coming = Coming

# Night
night-care = { $stopped ->
    [0] No ward has stopped
    [one] One ward has stopped
   *[other] { $stopped } wards have stopped
}{ $worse ->
    [0] {""}
    [one] , one works worse
   *[other] , { $worse } work worse
}
night-care-next = ; next: { $ward } { $what }
night-lost = { $count ->
    [one] One machine is lost.
   *[other] { $count } machines are lost.
}
night-held = { $count ->
    [one] The attacker still acts on one.
   *[other] The attacker still acts on { $count }.
}
night-all-wards = all wards
night-no-evidence = No evidence was read yet: bring logs, and this page says what care they put at risk.
night-decide = Decide
night-waiting = { $count ->
    [one] one waits
   *[other] { $count } wait
}
night-tell = Tell
night-back = Come back first
night-chain = The attack so far
night-on = Who is on
night-say-seen = Without logs, say what you see of a machine on the
night-declared = { $title }: declared; no evidence was read yet.
night-free = Nobody has taken: { $roles }.
night-nothing-waits = Nothing waits for a decision.
night-other-options = All options ({ $count })
night-if-nobody = If nobody decides: { $hours } care-hours are at stake over { $span }.
night-no-contact = No contact with the attacker and no payment without the named authority.
night-none-to-tell = Nobody is to be told yet.
night-nothing-back = Nothing to bring back is known yet.
night-last-sign = last sign
night-no-chain = No chain of signals yet.
night-nobody-on = Nobody has taken a role yet.
overdue = overdue
since-you-looked = Since you last looked
changed-decision = { $count ->
    [one] one decision
   *[other] { $count } decisions
}
changed-cut = { $count ->
    [one] one cut
   *[other] { $count } cuts
}
changed-task = { $count ->
    [one] one task
   *[other] { $count } task changes
}
changed-ward_report = { $count ->
    [one] one ward’s word
   *[other] { $count } words from wards
}
changed-message = { $count ->
    [one] one message
   *[other] { $count } messages
}
changed-notice = { $count ->
    [one] one legal notice
   *[other] { $count } legal notices
}
changed-sighting = { $count ->
    [one] one machine looked at
   *[other] { $count } machines looked at
}
changed-note = { $count ->
    [one] one note
   *[other] { $count } notes
}
changed-signals = new signals
clocks-legend = thin: on fallback · middle: degraded · full: stopped · pale: what will follow · dashed: if the attack goes on · upright line: now
ward-now = Now
ward-next = Next
situation-decide = What waits for you
situation-decided = Decided and done
situation-cuts = { $count ->
    [0] Nothing is cut.
    [one] One cut is in place.
   *[other] { $count } cuts are in place.
}

# Cut cards
cut-title = What do I cut, where is it, and what care stops if I do?
cut-lede = { $done ->
    [0] Nothing is cut yet
    [one] One cut is made
   *[other] { $done } cuts are made
}, of { $all } prepared. A ticked card tells everybody at once; labels match those on the equipment.
cut-options = Options, with their price in care
cut-every = Every option ({ $count })
cut-no-levers = The map has no levers yet: what may be cut, where it is and who may. Add them on the page Hospital, file network.toml.
cut-wanted = decided, not pulled yet
cut-takes = Takes
cut-stops = Stops
cut-done = Cut
cut-undo = It is undone
cut-do = I cut it
cut-writes = writes your name and the time
decide-do = Decide
task-pull = Pull { $lever }

# Red folder
folder-title = Print before the night: whom to call, what to unplug.
folder-lede = Every sheet is dated. Print again when the map changes, and burn the old one.
folder-open = Open
folder-red = The red folder
folder-red-does = contacts, cut cards, a page a ward
folder-cards = Cut cards
folder-cards-does = one a lever, to hang at the place
folder-labels = Labels
folder-labels-does = 70 × 37 mm, 24 a sheet, for cables and switches
folder-wards = Ward pages
folder-wards-does = paper procedure, how long it holds, where to divert
folder-codes-does = each ward’s own door, on a poster

# Wards
wards-title = { $stopped ->
    [0] No ward has stopped;
    [one] One ward has stopped;
   *[other] { $stopped } wards have stopped;
} { $paper ->
    [0] none is on fallback or paper
    [one] one is on fallback or paper
   *[other] { $paper } are on fallback or paper
}, of { $all }.
wards-lede = What the map and the evidence say stands beside what each ward says of itself.
wards-hit = Hit, or about to be
wards-none-hit = No ward is hit.
wards-said = What the wards say
wards-none-said = No ward has answered yet: its poster’s code, or a paper form, brings its word here.
wards-rest = Working as usual
wards-codes = Ward codes
ward-patients = { $count ->
    [one] one patient concerned
   *[other] { $count } patients concerned
}
ward-usual = Works as usual.
ward-then = Then patients go to: { $to }.
ward-works = Works
ward-works-nothing = nothing that the map names
ward-out = Stopped
ward-do-not = Do not use
ward-do-not-text = any computer that behaves oddly; leave it on, pull its network cable
ward-call = Call
ward-paper = Paper
ward-downtime = Where
ward-undo = Your name and the time are written down. Everything here can be undone.
ward-name = Your name or badge
ward-more = Something else
ward-text = What is it?
ward-patients-ask = How many patients?
says-paper_well = We are on paper, all is well
says-needs = We need something
says-odd = Something odd on a screen
says-diverting = We divert patients
says-usual = It works as usual again
through-paper = paper
ward-door-title = The ward’s door
ward-door-lede = Type the code of the poster. It opens this ward’s board and nothing else.
ward-door-code = Code
ward-door-name = Your name or badge
ward-door-name-hint = written beside what you say
ward-door-do = Open
ward-door-wrong = No ward has this code. Look at the poster again, or call the crisis room.
ward-door-nameless = Say who you are: a name or a badge number.
ward-door-calm = All is calm.
ward-door-calm-text = No incident is open. On the night, this code opens your ward’s board.
codes-title = { $without ->
    [0] Every ward has a code.
    [one] One ward has no code yet.
   *[other] { $without } wards have no code yet.
}
codes-lede = A code opens one ward’s board, works when the directory is dead, and can be taken back. Print the posters and hang them at the desk.
codes-make = Make the missing codes
codes-print = Print the posters
codes-code = Code
codes-on-poster = on its poster
codes-made = Made
codes-used = Last used
codes-revoke = Take it back

# API
api-title = The API of Rempart
api-lede = Everything that the screens do. A token comes from: rempart token create.
api-takes = takes
api-gives = gives
demo-ransomware = Ransomware, demonstration night
demo-flood = Flood, demonstration night
demo-insider = Insider, demonstration night
demo-map = the demonstration group
demo-quiet = A quiet night
