# The calm: what the standing watch sees while no incident is open.

room-calm = Calm
watch-title = Standing watch
bar-watch = watching since { $when } · { $span } ago
calm-no-watch = Nothing has arrived by itself yet
calm-no-watch-why = Point log shippers at this console, and what they send is watched while all is calm. Until then, bring evidence to an incident.
calm-begins = What arrived is being looked through
calm-title = { $count ->
    [0] Nothing in what arrived is worth a look
    [one] One chain of signals is worth a look
   *[other] { $count } chains of signals are worth a look, the most severe first
}
calm-read = Watched: { $events } events, { $signals } signals, from { $first } to { $last }. The last week counts here; older events stay in the search.
calm-chains = Chains of signals
calm-no-chain = No signals that belong together.
calm-care = If its machines were lost now, these stop or get worse: { $names }.
calm-care-none = No care service of the map depends on its machines.
calm-care-no-map = Without a map nobody knows which care depends on it.
calm-signals = Its signals in order
calm-declare = Declare this an incident
calm-incident = Signs of an attack on { $host }
problem-watch = The watch is no incident yet
problem-arrived = What arrived by itself is not read again
health-events = Events kept for searches
health-events-take = They take { $size }.
health-events-unknown = How much they take cannot be read.
health-events-days = { $count ->
    [0] Kept for ever.
    [one] Let go a day after they arrived.
   *[other] Let go { $count } days after they arrived.
}
health-events-bytes = Beyond { $size } the oldest days go first.
unproven-cut = Part of what this rests on came from senders that prove nothing (syslog): look at the machine before you cut.
unproven-chain = Part of this came from senders that prove nothing (syslog): anybody on the network could have sent it.
