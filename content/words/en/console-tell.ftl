# Words of the console: clocks, decision log, tasks, messages, handover.

go-back = Back
answer-yes = Yes
answer-no = No
problem-sent = This was sent and is not rewritten: begin a further one.
problem-decided = This was decided already. A correction is a new decision.
problem-blanks = A blank is still to be filled in: look for brackets with an ellipsis.
problem-unapproved = Somebody who may speak for the hospital approves it first.

# Two people on one text
both-title = Somebody else changed this text while you wrote.
both-lede = Nothing was overwritten. On one side is what you wrote, on the other what { $who } wrote: keep yours, or bring the two together, then send it.
both-mine = What you wrote
both-theirs = What stands now
both-keep = Keep my text
both-leave = Leave it as it stands

# Clocks
clocks-title = { $count ->
    [one] One notice is due; { $span } are left.
   *[other] { $count } notices are due; { $span } are left for the first.
}
clocks-title-mixed = { $count } notices are due: { $now ->
    [one] one without delay
   *[other] { $now } without delay
}, the next within { $span }.
clocks-title-late = { $late ->
    [one] One notice is overdue
   *[other] { $late } notices are overdue
}, of { $count } to send.
clocks-title-at-once = { $count ->
    [one] One notice is due without delay.
   *[other] { $count } notices are due without delay.
}
clocks-title-none = Nobody is to be told by a known hour.
clocks-aware = Clocks count from when the hospital was reasonably certain:
clocks-lede = Open a line for the text to send: what is known is filled in, what is not is marked.
clocks-set-aware = Set another hour
clocks-aware-at = Certain since
clocks-aware-do = Set
clocks-event-at = When was it?
clocks-none = Nothing was read yet: clocks that the evidence would settle stand as possible. Answer their questions, or bring evidence on the page
clocks-due = Due
clocks-due-means = the clock runs
clocks-possible = Possible
clocks-possible-means = a question decides
clocks-on-request = On request
clocks-on-request-means = when somebody asks
clocks-answered = Answered
clocks-answered-means = the clocks count with it
clocks-more = { $count ->
    [one] One more question
   *[other] { $count } more questions
}
clocks-how-many = How many
clocks-answer = Answer
clocks-drafted = begun
clocks-sent = Sent
clocks-none-sent = Nothing was sent yet. What you mark as sent stands here with its hour and reference.
clocks-calendar = Deadlines for a calendar

# A notice
notice-not-now = By what is known now, this is not due.
notice-text = What to send
notice-blanks = { $count ->
    [0] every place is filled in
    [one] one place is still to be filled in
   *[other] { $count } places are still to be filled in
}
notice-save = Save the draft
notice-saved = Saved by
notice-sent-title = Sent?
notice-sent-how = Send it by the recipient’s own way. Then note it here: the text stands as it was sent.
notice-who-sends = Who may speak for the hospital notes here that it was sent.
notice-reference = Reference
notice-reference-hint = the receipt’s number, where there is one
notice-sent-at = Sent at
notice-sent-at-hint = empty: now
notice-proof = Proof
notice-no-proof = A proof (receipt, screen, e-mail) can be chosen here once it is brought on the page Evidence.
notice-sent-do = It was sent
notice-text-sent = The text that was sent
notice-print = Print this text

# Decision log
log-title = { $waiting ->
    [0] No decision waits;
    [one] One decision waits;
   *[other] { $waiting } decisions wait;
} { $taken ->
    [0] none was taken yet.
    [one] one was taken.
   *[other] { $taken } were taken.
}
log-lede = What was decided, by whom, why, and at what price. Nothing is rubbed out.
log-waiting = They wait
log-settled = Decided
log-none = Nothing was decided yet. Write the first decision down, even a small one: who, what, why.
log-for = For
log-put-down = put down
log-take = I take it
log-decline = Set it aside
log-decline-do = Set it aside
log-reason = Why
log-levers = Pulls
log-correct = correct it
log-corrects = Corrects “{ $title }” of { $when }.
log-new = A new decision
log-what = What is decided
log-why = Why
log-why-hint = what you knew at that moment
log-who = Who decides
log-who-hint = empty: you
log-new-taken = It is decided
log-later = It is not decided yet
log-by = By when
log-new-waiting = Put it down to be decided
log-append-only = What is decided stays as it is written. To correct it, write a new decision.
decision-taken = taken
decision-declined = set aside

# Tasks
tasks-title-none = Nobody has a task yet.
tasks-title = { $open ->
    [0] Nothing is left to do
    [one] One task is open
   *[other] { $open } tasks are open
}{ $free ->
    [0] {""}
    [one] , one is nobody’s
   *[other] , { $free } are nobody’s
}{ $late ->
    [0] .
    [one] , one is late.
   *[other] , { $late } are late.
}
tasks-lede = A decision leaves tasks here; anybody may add one. Who has no screen gets a sheet of paper.
tasks-print = Print the return sheet
tasks-none = No task matches: choose other ones above.
tasks-none-yet = Take a decision on the page Cut and its tasks stand here, or write one down above.
tasks-filter-who = Whose
tasks-filter-show = Which
tasks-filter = Show
tasks-everybody = everybody’s
tasks-nobody = Nobody yet
tasks-show-open = open
tasks-show-late = late
tasks-show-blocked = blocked
tasks-show-done = done
tasks-show-all = all
tasks-what = What
tasks-how = How, where
tasks-who = Who
tasks-by = By when
tasks-add = Add
tasks-edit = Assign or change
tasks-save = Save
tasks-waits-for = Waits for
tasks-decision = its decision
tasks-done-at = done
task-open = open
task-doing = under way
task-blocked = blocked
task-done = done
task-dropped = not wanted any more
task-do-open = Open it again
task-do-doing = I begin
task-do-blocked = It is blocked
task-do-done = It is done
task-do-dropped = Not wanted any more
returns-title = Type in what came back on paper
returns-lede = One line a code of the sheet. An hour means done; a remark alone leaves the task open.
returns-code = Code
returns-at = Done at
returns-by = By
returns-remark = Remark
returns-not-asked = done and not asked
returns-do = Type it in

# Messages
messages-title = { $drafts ->
    [0] No text is being written
    [one] One text is being written
   *[other] { $drafts } texts are being written
}, { $approved ->
    [0] none waits to go out
    [one] one waits to go out
   *[other] { $approved } wait to go out
}, { $sent ->
    [0] none went out.
    [one] one went out.
   *[other] { $sent } went out.
}
messages-lede = One voice. Plain words, no cause, no culprit, no promise, and when the next word comes.
audience-staff = Staff
audience-patients = Patients and families
audience-press = Press
audience-partners = Partners
audience-none-staff = Nothing was said to staff yet. They hear of it first, and from you.
audience-none-patients = Nothing was said to patients yet: a page at the entrance spares a hundred questions.
audience-none-press = Nothing was said to the press yet. Have a text ready before the first call.
audience-none-partners = Nothing was said to partners yet: they protect themselves, and can help.
messages-begin = Begin a text
messages-blank = an empty text
messages-new = A new text
messages-heading = Heading
messages-text = Text
messages-blanks-hint = fill in what stands in brackets
messages-save = Save
messages-blanks = { $count ->
    [one] one blank is still to be filled in
   *[other] { $count } blanks are still to be filled in
}
messages-edit-undoes = a change takes the approval back
messages-next = What comes next
messages-fill = Fill in what stands in brackets; then it can be approved.
messages-approve-means = Approving lets these very words out. A later change takes the approval back.
messages-approve = Approve this text
messages-approved-by = Approved by
messages-who = Somebody who may speak for the hospital approves it and notes that it went out.
messages-sent-at = Went out at
messages-sent-at-hint = empty: now
messages-sent-do = It went out
messages-gone = It went out and stays as it is. To say more, begin a further text.
messages-print = Print it
messages-draft-printed = This text is not approved yet.
message-draft = draft
message-approved = approved
message-sent = sent

# Handover
handover-title = Since { $when }: { $decisions ->
    [0] nothing was decided
    [one] one decision was taken
   *[other] { $decisions } decisions were taken
}; { $open ->
    [0] no task is open
    [one] one task is open
   *[other] { $open } tasks are open
}{ $late ->
    [0] .
    [one] , one of them late.
   *[other] , { $late } of them late.
}
handover-since = From when
handover-show = Show
handover-last = since the last handover
handover-start = since the beginning
handover-notes = Said for the relief
handover-no-notes = Nobody wrote a word for the relief yet: promises made, who sleeps, what worries you.
handover-decisions = Decided
handover-no-decisions = Nothing was decided in this time.
handover-waiting = Still to be decided
handover-tasks = Still to do
handover-no-tasks = No task is open.
handover-done = { $count ->
    [one] One task was done in this time.
   *[other] { $count } tasks were done in this time.
}
handover-wards = What the wards said
handover-no-words = No ward said anything in this time.
handover-cuts = Cut now
handover-no-cuts = Nothing is cut.
handover-tell = Told, and to tell
handover-none-to-tell = Nothing was sent, nothing is due.
handover-sent = sent
handover-write = A word for your relief
handover-text = What must they know?
handover-text-hint = promises made, who sleeps, what worries you, what comes next
handover-write-do = Write it down
handover-relieve = I hand over my role
handover-role = Role
handover-to = To whom
handover-relieve-do = Hand it over
handover-paper = Printed, this page goes with the relief.
