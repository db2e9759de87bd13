### Console: directory, settings, audit, health

directory-title = The hospital’s directory (OpenID Connect)
directory-explained = People come in with the name that they have already. Register this return address over there:
directory-issuer = Issuer, letter for letter
directory-client = Our name there (client id)
directory-secret = Our secret there
directory-label = What the sign-in page calls it
directory-role = Who comes for the first time becomes
directory-refuse = nobody: refuse whom we do not know
directory-do = Sign in with { $label }
directory-distrusted = The directory is not trusted now: only local and sealed accounts come in.
directory-trust = Trust the directory again
directory-unknown = The directory knows you, Rempart does not
directory-unknown-lede = Ask who keeps people to give you an account, or to let newcomers in.
problem-directory = The directory did not let you in.
problem-distrusted = The directory is not trusted now: take a local or a sealed account.

settings-title = { $failed ->
    [0] Settings: whatever was to be sent was taken
    [one] Settings: one message was not taken by the other side
   *[other] Settings: { $failed } messages were not taken by the other side
}
settings-lede = They hold for every site. Secrets given here are sealed under the key file and never shown again; each change is in the audit.
settings-language = Language for who says none
settings-keep = Keep
settings-sealed = one is kept; leave empty to keep it
mail-title = Mail
mail-explained = For assignments and deadlines: a link, no detail of the incident.
mail-host = Server
mail-port = Port
mail-security = Protection
mail-starttls = STARTTLS
mail-tls = TLS
mail-none = none (a server on this machine)
mail-user = Our name there
mail-from = From
webhooks-title = Webhooks
webhooks-explained = A signed call with a link and no detail; never to a private address unless you say so here.
webhooks-url = Address
webhooks-kinds = What is told; everything, where empty
webhooks-private = This address may be a private one
webhooks-private-tag = private address
webhooks-do = Add
webhooks-made = The webhook’s secret
webhooks-made-lede = Copy it now to the receiver, which checks our signature with it: it is shown this once.
copies-title = Copies of the store
copies-folder = Folder of the server
copies-hint = the whole path; a removable disk or another machine is best
copies-keep = How many are kept
copies-hours = Hours between two copies
copies-hours-hint = one that failed is tried again within the hour
copies-none = No copy was made yet.
copies-failed = Last failure:
copies-by-flag = The server was started with --copies: that counts, and is changed there.
copies-no-lock = No copy is made: whoever found one could read it. Who may open copies is said where the server is started: --copies-recipient age1… or --copies-passphrase-file FILE.
copies-passphrase = Whoever knows the passphrase of the server’s file may open a copy.
copies-recipients = { $count ->
    [one] The holder of one key may open a copy.
   *[other] The holders of { $count } keys may open a copy.
}
problem-configured = This is said where the server is started, and is changed there.
deliveries-lost = Not taken by the other side
deliveries-again = to be tried again
deliveries-given-up = given up
deliveries-now = Try now
problem-taken = The other side took it already: it is not sent again.
carrier-mail = mail to
carrier-webhook = webhook

audit-title = { $count ->
    [one] One change is written down
   *[other] { $count } changes are written down
}
audit-lede = Each line holds the hash of the one before: none can be altered or taken out unseen.
audit-holds = { $count ->
    [one] Checked now: the line holds.
   *[other] Checked now: all { $count } lines hold.
}
audit-long = { $count } lines.
audit-check = Check them now
audit-broken = The chain breaks at line { $line }:
audit-fault-missing = a line is missing before it
audit-fault-order = it does not follow from the line before it
audit-fault-altered = it was altered
audit-filter = Show
audit-kind = Kind
audit-actor = Who
audit-verb = Did
audit-any = any
audit-when = When
audit-what = What
audit-change = Before and after
audit-fields = { $count ->
    [one] one field
   *[other] { $count } fields
}
audit-none = No line is like that.
audit-older = Older lines
audit-export = Export as NDJSON
audit-by-person = person
audit-by-ward = at a ward
audit-by-token = program
audit-by-command = command on the server
audit-by-machine = Rempart itself
audit-did-add = added
audit-did-edit = changed
audit-did-remove = removed
audit-did-refused = refused
audit-did-break-glass = broke the glass
audit-did-export = exported
audit-did-trust = trusted again
audit-did-distrust = no longer trusted
audit-did-download = downloaded
audit-to-account = account
audit-to-assessment = assessment
audit-to-attachment = file
audit-to-audit = audit
audit-to-backup = copy of the store
audit-to-call = call
audit-to-cut = cut
audit-to-decision = decision
audit-to-delivery = delivery
audit-to-directory = directory
audit-to-duty = role of the night
audit-to-factor = second factor
audit-to-grant = role
audit-to-incident = incident
audit-to-link = one-time link
audit-to-log-in = sign-in
audit-to-map_version = version of the map
audit-to-mark = false signal
audit-to-message = message
audit-to-note = note
audit-to-notice = notice
audit-to-second-factor = second factor
audit-to-session = session
audit-to-setting = setting
audit-to-sighting = sighting
audit-to-signals = signals
audit-to-step = restoration step
audit-to-suppression = rule set aside
audit-to-task = task
audit-to-token = token
audit-to-ward_code = code of a ward
audit-to-ward_report = report of a ward
audit-to-webhook = webhook

health-title = { $count ->
    [0] Rempart is well
    [one] One thing is wrong with Rempart
   *[other] { $count } things are wrong with Rempart
}
health-lede = The program itself, not the hospital: what it stands on, and what it would be restored from.
health-version = Version
health-up = Running for
health-store = Store
health-answers = { $count ->
    [0] answers within a millisecond
    [one] answers in one millisecond
   *[other] answers in { $count } milliseconds
}
health-silent = does not answer
health-disk = Disk of the data folder
health-disk-free = { $size } free
health-disk-little = only { $size } free: make room before writing stops
health-disk-unknown = not known: this system does not say
health-clock = Clock
health-clock-right = plausible
health-audit = Audit
health-out = Mail and webhooks
health-out-none = nothing was given up
health-out-lost = { $count ->
    [one] one message was given up
   *[other] { $count } messages were given up
}
health-out-stuck = { $count ->
    [one] one message is stuck, to be tried again
   *[other] { $count } messages are stuck, to be tried again
}
health-certificate = Our own certificate, SHA-256
health-sources = Sources
health-no-sources = None sends continuously: evidence is brought by people. So none can fall silent.
health-speak = { $count ->
    [0] None has sent anything yet.
    [one] One sends by itself
   *[other] { $count } send by themselves
}{ $count ->
    [0] {""}
   *[other] ; { $silent ->
        [0] none fell silent.
        [one] one fell silent.
       *[other] { $silent } fell silent.
    }
}
sources-title = What arrives by itself
sources-by-token = token
sources-by-certificate = certificate
sources-by-folder = followed file
sources-by-itself = Rempart itself
sources-by-none = no proof of who sends
sources-silent = silent since
sources-silent-hosts = silent:
sources-every = usually every { $span }
sources-kept = { $count ->
    [one] one event kept
   *[other] { $number } events kept
}
sources-last = last
sources-shed = { $count ->
    [one] one event refused for good
   *[other] { $count } events refused for good
}
sources-damaged = { $count ->
    [one] one stretch could not be read again
   *[other] { $count } stretches could not be read again
}
health-copied = Last good copy:
health-no-copy = No copy was ever made. Name a folder on the page Settings, or run: rempart backup
health-tested = restored for trial
health-untested = never restored for trial
mail-deadline-subject = Rempart: a deadline is near
mail-deadline-text = A deadline is near. See it here: { $link }
mail-task-subject = Rempart: a task is yours
mail-task-text = A task was given to you. Open it here: { $link }
health-late = { $count ->
    [one] One match came too late for correlations to count it.
   *[other] { $number } matches came too late for correlations to count them.
}
