# Care map and what-if.
map-title = { $lost ->
    [one] One machine lost
   *[other] { $lost } machines lost
}: { $hit ->
    [0] no ward
    [one] one ward
   *[other] { $hit } wards
} hit, { $stopped } stopped, { $worse } worse or on fallback
map-title-if = If so: { $lost ->
    [one] one machine gone
   *[other] { $lost } machines gone
}, { $hit ->
    [0] no ward
    [one] one ward
   *[other] { $hit } wards
} hit, { $stopped } stopped at once, { $worse } worse or on fallback
map-title-calm = { $care ->
    [one] One care service rests
   *[other] { $care } care services rest
} on { $assets } machines
map-next = Next: { $ward } – { $what }.
map-lede = Choose a box to see what it needs, what needs it, and what would follow if it were lost.
map-pulled = { $count ->
    [one] One lever is pulled, and counts here.
   *[other] { $count } levers are pulled, and count here.
}
seen-say = Say what you see of it
seen-how = How does it stand?
seen-lost = lost: encrypted, wiped or dead
seen-compromised = in an attacker’s hands, still running
seen-suspected = perhaps touched
seen-sound = looked at, and sound
seen-since = Since
seen-since-hint = an hour such as 02:14; now, if empty
seen-reason = What do you see?
seen-do = Write it down
seen-stands = It counts at once, before any log, with your name and the hour. You can take it back.
map-picture = From care to machines
map-legend = Square: stopped or lost · triangle: worse or compromised · half disc: on fallback · dashed triangle: at risk or suspected · solid line: stops · dashed line: gets worse · strong line: hit at both ends
map-shows-all = All { $all } boxes
map-shows-hot = What is hit: { $shown } of { $all } boxes
map-shows-near = Around the chosen box: { $shown } of { $all }
map-shows-care = Care and applications: { $shown } of { $all }; choose one to see its machines
map-show-all = show all
map-show-hot = show what is hit
map-show-near = show what is near
map-twin = The same in words
map-none-hit = No care service is hit.
map-rest = { $count ->
    [one] One care service is not hit
   *[other] { $count } care services are not hit
}
clock-worse = worse at
clock-stops = stops at
clock-holds = holds
state-cut-off = cut off
panel-close = Close
panel-since = since
panel-care = care service, { $site }
panel-application = application
panel-needs = It needs
panel-needs-nothing = Nothing that the map names.
panel-needed-by = It is needed by
panel-needed-by-nobody = Nothing that the map names.
panel-at-least = at least { $least } of { $all }
panel-stops = stops
panel-worse = gets worse
panel-at-once = at once
panel-after = after { $span }
panel-at-risk = If the attack goes on:
panel-ward = Its ward board
whatif-ask = What if?
whatif-how = Drag a box or a lever with the mouse, or tick it here; nothing is done, nothing is written down.
whatif-find = Machine
whatif-search = Find
whatif-machine = Machine
whatif-lose = Lost
whatif-isolate = Isolated
whatif-levers = { $count ->
    [one] One lever
   *[other] { $count } levers
}
whatif-do = Show what follows
whatif-clear = Back to what is
whatif-title = What would follow
whatif-lost = Lost: { $names }.
whatif-isolated = Isolated: { $names }.
whatif-pulled = Pulled: { $names }.
whatif-wards = wards whose clock changes
whatif-danger = if the attack goes on
whatif-before = (now { $was })
whatif-reach = { $count ->
    [0] an attacker reaches nothing more
    [one] an attacker still reaches one machine
   *[other] an attacker still reaches { $count } machines
}
whatif-horizon = Care-hours over { $span }, weighed by ward.
whatif-nothing = No ward’s clock changes.
whatif-then = Then
whatif-now = As things are
whatif-lose-it = What if it is lost?
whatif-lose-not = Not lost
whatif-isolate-it = What if it is isolated?
whatif-isolate-not = Not isolated
whatif-pull-it = Pull: { $lever }
whatif-drop-cut = Isolated or pulled
