### Rules: which speak, which are kept quiet

rules-title = { $count ->
    [0] No rule spoke
    [one] One rule spoke
   *[other] { $count } rules spoke
}; { $quiet ->
    [0] none is kept quiet.
    [one] one suppression holds.
   *[other] { $quiet } suppressions hold.
}
rules-lede = What a rule says more than { $budget } times an hour on a machine is one line with a count. Every match stays in the evidence and in the assessment’s JSON.
rules-spoke = Rules that spoke, the loudest first
rules-none = No rule spoke: no evidence was read, or nothing in it matched.
rules-column-rule = Rule
rules-column-level = Level
rules-column-matches = Signals
rules-column-chained = In chains
rules-column-hosts = Machines
rules-column-first = First
rules-column-last = Latest
rules-nothing = none
rules-once = once only
quiet-title = Kept quiet
quiet-none = Nothing is set aside. Where a scanner or a backup sets off a rule each night, set that rule aside on that machine, with the reason.
quiet-add = Set signals aside
quiet-explained = Signals that are set aside stay on the timeline, struck, with your reason; no chain, no stance and no deadline rests on them. Name a rule or a tactic, and the machine that you know. Without a machine it ends by itself.
quiet-days = For how many days
quiet-days-hint = at most { $days } without a machine; empty: until it is lifted
quiet-reason = Why they mean nothing here
quiet-do = Set aside
quiet-until = until
quiet-ended = ended
quiet-open = until it is lifted
quiet-lift = Lift
quiet-lifted = lifted
signal-suppressed = Set aside:
signal-quieten = Set such signals aside in other incidents too
line-first = first here
line-more = { $count ->
    [one] and one more like it within that hour
   *[other] and { $number } more like it within that hour
}
costs-title = What rules cost
costs-none = Nothing was judged since this server started.
costs-explained = Since this server started, measured on one event of { $every }. Reading events for all rules at once took { $shared } of it; the rest is what each rule asked for by itself.
costs-ms = { $ms } ms
costs-percent = { $percent } %
costs-below = < 1 %
rules-column-looked = Looked at
rules-column-time = Time
rules-column-share = Of all
costs-counted = counted for: { $title }
