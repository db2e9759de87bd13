### Timeline, signals and marks

timeline-title = It began { $start }; the last sign is from { $end }.
timeline-title-none = There are signals, and none of them joins into an attack.
timeline-title-empty = Nothing is on the timeline yet.
timeline-lede = { $count ->
    [0] No signal
    [one] One signal
   *[other] { $signals } signals
} in the evidence, { $lines ->
    [0] nothing written down by people yet.
    [one] one thing done or written by people.
   *[other] { $lines } things done or written by people.
}
timeline-bring = Bring evidence.
timeline-picture = The night at a glance
timeline-zoom = Zoom
zoom-left = Before
zoom-in = Closer
zoom-out = Wider
zoom-right = After
zoom-night = The night
zoom-all = All evidence
timeline-legend = A circle is signals, larger where there are more; filled where one is high or critical. A square is something people did. Each leads to its stretch of time.
timeline-capped = Only the latest 2,000 signals of this stretch are drawn; the list has them all.
timeline-mark = { $when }: { $count ->
    [one] one signal
   *[other] { $count } signals
}
timeline-now = Now
timeline-list = What happened, latest first
timeline-none = Nothing here. Widen the window, or take a filter away.
timeline-pages = Pages
timeline-latest = Latest
timeline-older = Older
tactic-none = Other
lane-decisions = Decisions, notices
lane-cuts = Cuts and tasks
lane-words = Wards, words, notes
line-column-when = When
line-column-level = Kind
line-column-what = What
line-column-where = Where
line-waits = to decide
line-decided = decided
line-declined = set aside
line-to-do = to do
line-done = done
line-dropped = dropped
line-cut = cut
line-undone = undone
line-says = ward
line-sent = sent
line-approved = approved
line-drafted = draft
line-seen = seen
line-noted = note
quick-title = Write down what happened
quick-time = At (empty: now)
quick-text = What happened
quick-about = About (machine or ward)
quick-handover = Tell my relief
quick-do = Write it
filter-show = Show
filter-show-both = Everything
filter-show-people = What people did
filter-show-signals = Signals
filter-ward = Ward
filter-asset = Machine
filter-host = Name in the logs
filter-tactic = What for
filter-level = At least
filter-rule = Rule
filter-all = All
filter-do = Show
filter-clear = Take filters away
signal-means = Why it matters
signal-check = What to check first
signal-no-note = This rule has no note for hospitals. Its title says what was seen; the record below is what it rests on.
signal-record = The record
signal-facts = What is known
signal-tactics = What for
signal-techniques = Techniques (ATT&CK)
signal-rule = Rule
record-not-in-file = The file is kept, and this record could not be found in it: it may have been replaced or read otherwise.
record-no-file = The file that this record was read in is not kept here any more.
record-large = The file is long; finding the record may take some seconds.
record-read = Find the record
record-too-long = The file is so long that the search was given up after 20 seconds. Download the file and look for this record there.
record-cut = Something was left out here because it is long.
mark-title = Not what it seems?
mark-which = What is false
mark-one = This signal
mark-asset = Every signal of this rule on { $name }
mark-host = Every signal of this rule from { $name }
mark-reason = Why
mark-do = Mark as false
mark-undone = Nothing will rest on it any more; the situation is worked out again. It stays in the list and may be taken back.
mark-false = Marked as false:
mark-every = every signal of this rule there, those to come too
mark-undo = Take the mark back
