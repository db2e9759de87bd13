# What `map check` says of a map: what is wrong, then what to do. What stands between ` is a key, an id or a value of the file.
map-check-sound = The map is sound: { $nodes } nodes. Remarks: { $remarks }.
map-check-wrong = Mistakes: { $errors }. Remarks: { $remarks }.
map-check-remark = remark: { $mistake }
map-check-used = remark: the map has mistakes ({ $count }) and is used as it is; see them all with: rempart map check { $map }
map-check-refused = the map has mistakes ({ $count }) and cannot be used; see them all with: rempart map check { $map }

# Kinds of things, of values and how to write them
mistake-a = { $kind ->
    [site] a site
    [care_service] a care service
    [application] an application
    [asset] an asset
    [node] a care service, an application or an asset
    [zone] a zone
    [zone_or_asset] a zone or an asset
    [flow] a flow
    [control] a control
    [lever] a lever
    [team] a team
    [store] a store
    [clean_room] a clean room
    [contact] a contact
    [restore_template] a restore template
    [need] a need
    [step] a step
    [copy] this copy
    [people] an entry of `people`
   *[other] { $kind }
}
mistake-the = { $kind ->
    [site] the site
    [care_service] the care service
    [application] the application
    [asset] the asset
    [zone] the zone
    [flow] the flow
    [contact] the contact
    [restore_template] the template
   *[other] { $kind }
}
mistake-value = { $kind ->
    [text] a text
    [texts] a list of texts
    [date] a date
    [instant] a date and time
    [whole] a whole number
    [number] a number
    [flag] true or false
    [list] a list
    [table] a table
    [tables] a list of tables
    [duration] a duration
    [size] a size
    [rate] a rate
   *[other] { $kind }
}
mistake-write = { $wanted ->
    [text] write it between quotes
    [texts] write ["one", "two"]
    [instant] write it as 2026-11-21T02:00:00+01:00
    [whole] write it without quotes
    [flag] write true or false, without quotes
    [table] write { "{" } key = value, … { "}" }
    [tables] write [{ "{" } … { "}" }, { "{" } … { "}" }]
    [duration] write it as 45s, 20min, 4h, 1h30 or 2d, between quotes
    [size] write it as 40GB, 1.5TB or 512MiB, between quotes
    [rate] write it as 200MB/s, above zero, between quotes
   *[other] { $wanted }
}
mistake-names-and-more = { $names } and { $count } more

# Values
mistake-wrong-type = `{ $key }` is { $kind }, not { $wanted }
mistake-bad-value = `{ $key }` is { $value }, which is not { $wanted }
mistake-out-of-range = `{ $key }` is { $number }, which is not between { $least } and { $most }
mistake-out-of-range-help = correct the number
mistake-bad-hours = `{ $key }` is not a pair of times of the day
mistake-bad-hours-help = write it as "08:00-18:00"
mistake-bad-address = { $value } of `{ $key }` is not an address
mistake-bad-address-help = write it as { $example }
mistake-unknown-time-zone = no time zone is named { $name }
mistake-unknown-time-zone-help = write it as Europe/Paris or UTC
mistake-time-zone-assumed = teams have daily hours and the hospital has no time zone: { $zone } is taken
mistake-time-zone-assumed-help = write `time_zone` under [hospital]

# Files
mistake-no-map = there is no map here
mistake-no-map-help = a map is a map.toml, or a folder with hospital.toml
mistake-too-large = the file is larger than { $size } MiB
mistake-too-large-help = split it
mistake-windows-1252 = this sheet is not UTF-8: it was read as Windows-1252
mistake-windows-1252-help = export it as "CSV UTF-8"
mistake-not-utf8 = this character is not UTF-8
mistake-not-utf8-help = save the file as UTF-8
mistake-no-header = the first line of the sheet names no `id` column
mistake-no-header-help = begin the sheet with { $columns }
mistake-duplicate-column = column `{ $name }` stands twice
mistake-remove-one = remove one
mistake-too-many-cells = this line has more cells than the header's { $count }
mistake-too-many-cells-help = put a cell that holds the separator between quotes
mistake-syntax = { $reason }
mistake-syntax-help = see https://toml.io for how TOML is written
mistake-ids-not-checked = some ids were not checked, because a file could not be read whole
mistake-ids-not-checked-help = correct that file, then check again
mistake-too-many = { $count } more are not listed
mistake-too-many-help = correct these first, then check again

# Tables and keys
mistake-no-table = `{ $key }` is { $kind }
mistake-one-no-table = one `{ $table }` is { $kind }
mistake-single-brackets = `{ $table }` stands between single brackets
mistake-write-hospital = write [hospital]
mistake-write-table = write [[{ $table }]]
mistake-write-via = write via = { "{" } "provider" = "flow" { "}" }
mistake-unknown-key = { $place ->
    [map] a map
    [sheet] a sheet of assets
    [need] a need
    [step] a step
    [backup] a backup
   *[other] { $place }
} has no key { $key }
mistake-unknown-key-help = the keys here are { $keys }
mistake-no-key = { $what } has no `{ $key }`
mistake-missing-key = { $which } { $id } has no `{ $key }`
mistake-missing-id-help = write one: a short slug
mistake-missing-name-help = write the name that people use
mistake-missing-site-help = name the site where it is
mistake-missing-weight-help = write a whole number, 0 to 100: harm per hour stopped
mistake-missing-kind-help = write server, workstation, switch, device, account or what it is
mistake-missing-end-help = name a zone or an asset
mistake-control-help = write which asset controls which others
mistake-said-twice = `{ $key }` of { $whose } is said twice, differently
mistake-said-twice-help = say it in one place

# Ids
mistake-unknown-id = { $id } is not on the map
mistake-unknown-id-help = add it, or correct the name: { $wanted } is wanted here
mistake-did-you-mean = did you mean { $name }?
mistake-duplicate-id = { $id } is already the id of { $what }
mistake-duplicate-id-help = give each its own id
mistake-duplicate-step-help = give each step its own id
mistake-zone-and-id = { $id } is both a zone and an id of the map
mistake-zone-and-id-help = rename the zone: a flow could not tell them apart
mistake-no-asset = { $id } is { $what }
mistake-no-asset-help = name an asset
mistake-empty-id = the id is empty
mistake-empty-id-help = write a short slug, as { $example }
mistake-bad-id = { $id } cannot be an id
mistake-bad-id-help = a short slug without spaces, as { $example }
mistake-id-style = { $id } is not a plain slug
mistake-id-style-help = lower-case letters, digits, `-`, `_` and `.` can be typed anywhere

# Needs and care
mistake-need-on-nothing-help = name what it needs: on = ["pacs"]
mistake-need-on-itself = { $id } needs itself
mistake-need-on-itself-help = remove it from `on`
mistake-need-on-site = { $id } is a site: it neither needs nor is needed
mistake-need-on-site-help = name a care service, an application or an asset
mistake-need-twice = { $id } stands twice in `on`
mistake-bad-at-least = at least { $number } of { $providers } must be up, which cannot be
mistake-bad-at-least-help = write a number from 1 to { $providers }
mistake-no-effect = { $word } is no effect
mistake-no-effect-help = write "stops" or "degrades"
mistake-via-not-provider = `via` names { $id }, which is not in `on`
mistake-via-not-provider-help = add it to `on`, or remove it from `via`
mistake-via-elsewhere = the flow { $flow } does not touch { $provider }
mistake-via-elsewhere-help = name the flow through which it is reached
mistake-zero-grace-cycle = these need each other with no grace: { $names }
mistake-zero-grace-cycle-help = once one is lost, none comes back alone: is it meant?
mistake-care-needs-nothing = the care service { $id } needs nothing: no loss would ever stop it
mistake-care-needs-nothing-help = write what it needs
mistake-holds-and-grace = the paper procedure of { $id } holds { $holds }, and its longest grace before it stops is { $grace }
mistake-holds-and-grace-help = only grace counts: make them agree
mistake-no-care = the map has no care service: no loss touches care
mistake-no-care-help = write the care services in hospital.toml

# Assets, zones, levers
mistake-no-zone = the asset { $id } is in no zone
mistake-no-zone-help = name its network zone: without one, how an attack reaches it is unknown
mistake-account-in-zone = the account { $id } stands in a zone: an account has none
mistake-account-in-zone-help = leave the zone empty; it is passed over
mistake-site-and-zone = the asset { $id } and its zone are on different sites
mistake-site-and-zone-help = correct one, unless the zone spans both
mistake-shared = { $value } of { $id } is also that of { $first }
mistake-shared-help = an event could not be given to one of them: correct one
mistake-lever-does-nothing = the lever { $id } does nothing
mistake-lever-does-nothing-help = write what it isolates, closes or disables
mistake-cut-card-incomplete = the cut card of { $id } lacks { $keys }
mistake-cut-card-incomplete-help = write what a person needs at night

# Coming back
mistake-template-help = write steps = [{ "{" } id = "os", … { "}" }]
mistake-step-id-help = write one, as pacs-a.os
mistake-step-both = this step has both a duration and a copy
mistake-step-both-help = make it two steps, one `after` the other
mistake-step-neither = this step says neither how long it takes nor what it copies
mistake-step-neither-help = write duration = "2h", or store and size
mistake-step-skill = this step takes people and names no `skill`
mistake-step-skill-help = write skill = "windows"
mistake-people-help = write { "{" } skill = "windows", number = 2 { "}" }
mistake-copy-help = write store = "veeam", size = "800GB"
mistake-no-rate = neither this copy nor the store { $store } has a `rate`
mistake-no-rate-help = write rate = "200MB/s" on the store
mistake-rate-over-store = this copy is faster than the store { $store }
mistake-rate-over-store-help = a copy takes at most what the store gives
mistake-durations-number = `duration` has { $count } values
mistake-durations-number-help = write one, or three: best, likely and worst case
mistake-durations-order = the three durations are not in order
mistake-durations-order-help = write best, likely and worst case, in this order
mistake-after-cycle = these steps wait for each other: { $names }
mistake-after-cycle-help = remove one `after`
mistake-backup-no-key = a backup of { $id } has no `{ $key }`
mistake-backup-no-key-help = write where it is and when it was taken
mistake-no-team-has-skill = no team has the skill { $skill }
mistake-no-team-has-skill-help = add a team; the skills are: { $skills }
mistake-too-few-people = it takes { $number } people for { $skill }, and the teams have { $there }
mistake-too-few-people-help = add people, or ask for fewer
mistake-too-few-places = it takes { $number } clean places, and the clean rooms have { $there }
mistake-too-few-places-help = add a clean room to teams.toml, or ask for fewer
mistake-team-without-skill = the team { $id } has no `skill`: no step can take it
mistake-team-without-skill-help = write one, as the steps name it
mistake-team-leaves-first = the team { $id } leaves before it comes
mistake-team-leaves-first-help = write `from` before `until`
