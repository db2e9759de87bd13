# Restoration.
restoration-none = Nothing to bring back is known yet
restoration-none-lede = The plan appears as soon as the evidence shows something lost.
restoration-title = First back: { $ward }, { $at }. The last of { $all } by { $last }.
restoration-unknown = { $all ->
    [0] No care service waits for anything
    [one] One care service waits, and no return is known
   *[other] { $all } care services wait, and no return is known
}
restoration-lede = Steps stand where they give back most care; say what is begun, done or late, and the plan is made again.
restoration-without = { $count ->
    [one] One service has no known return: its machines have no steps or no copy left.
   *[other] { $count } services have no known return: their machines have no steps or no copy left.
}
restoration-tainted = { $count ->
    [one] One copy may be tainted: check it before it is used.
   *[other] { $count } copies may be tainted: check them before they are used.
}
restoration-running = { $count ->
    [one] One compromised machine still runs and is not in this plan.
   *[other] { $count } compromised machines still run and are not in this plan.
}
restoration-planning = The plan is being made again.
restoration-compare = loses { $plan } care-hours; heaviest ward first would lose { $plain }; no plan loses less than { $bound }
restoration-no-steps = No step can be planned: the map says no steps for what is lost.
restoration-moved = { $count ->
    [0] What the last word moved: nothing
    [one] What the last word moved: one ward
   *[other] What the last word moved: { $count } wards
}
restoration-still = Every ward comes back when it did before.
restoration-wards = Each ward’s return
restoration-range = range: all steps at their shortest, all at their longest, in the same order
restoration-no-range = no range is known: the map gives each step one duration
restoration-between = Between
restoration-whole = Nothing missing from
restoration-steps = Steps
restoration-say = say
restoration-said = What people said
restoration-nodes = From what each machine comes back
restoration-data = Data lost
restoration-maybe-tainted = maybe tainted
restoration-not-planned = Still running, not planned: { $names }.
step-begun = begun
step-done = done
step-late = late
step-pinned = not before
step-ago = Minutes ago
step-ahead = Minutes from now
step-reason = Why
step-late-do = Late: ends then
step-pinned-do = Pin: not before then
wait-chosen = Not before the instant that somebody chose.
