### Console: people, sealed accounts, tokens

once-back = Done: I have kept it
problem-last-administrator = This is the last active administrator of every site: make another one first.
problem-no-password = This account has no password here: it is the directory’s, or it was stopped.

people-title = { $count ->
    [one] One person may come in
   *[other] { $count } people may come in
}; { $alone ->
    [0] all of them with a second proof
    [one] one of them by a password alone
   *[other] { $alone } of them by a password alone
}
people-lede = A role holds on one site or on all. Whoever is stopped is signed out at once; what they did stays in the audit.
people-accounts = Accounts
people-no-role = no role: may see nothing
people-inactive = stopped
people-directory = from the directory
people-second = second proof
people-seen = last seen
people-change = Change
people-role = Role
people-site = Where
people-everywhere = every site
people-give = Give this role
people-take = Take back: { $role } ({ $site })
people-reset = Make a link for a new password
people-forget = Forget the second proofs
people-end = Sign out everywhere
people-stop = Stop this account
people-start = Let it come in again
people-add = Add somebody
people-add-do = Add
people-shown = Shown as
people-shown-hint = a role or a badge, as in night nurse 17; the name, where empty
people-password = First password
people-password-hint = leave it empty to get a link through which the person chooses one
people-link-title = A link for a new password
people-link-lede = Give it to { $name } by a way that you trust. It works once, for { $hours } hours, and is shown here this once.

sealed-title = Sealed accounts
sealed-explained = For the night when the directory is dead: a long password on paper, in an envelope that tears. Its use shows here, in the audit and in the incident’s log.
sealed-name = Name of the account
sealed-do = Make a sealed account
sealed-paper = Sealed account: print this page now
sealed-paper-lede = The password is shown this once. It opens everything, also when the directory is dead; whoever uses it is seen by all.
sealed-where = Open
sealed-made = Made
sealed-step-1 = Print this page, put it into an envelope that shows when it was opened, sign over the flap.
sealed-step-2 = Keep the envelope where somebody can reach it at three in the morning; write in the red folder where.
sealed-step-3 = After each use, stop this account on the page People and make a new one.
sealed-used = The sealed account { $name } was used from { $from }.

tokens-title = Tokens of programs
tokens-none = No program has a token. One is needed by what sends logs here, or reads from here.
tokens-ended = ended
tokens-until = until
tokens-revoke = Take back
tokens-new = Make a token
tokens-label = What is it for?
tokens-account = Whose roles bound it?
tokens-scopes = What may it do?
tokens-hosts = Hosts that it may speak for
tokens-hosts-hint = separated by spaces, * for any letters; any host, where empty
tokens-days = Good for, in days
tokens-do = Make it
tokens-made = A token for a program
tokens-made-lede = Copy it now into the program’s settings: it is shown this once.
scope-read = read
scope-write = read and write
scope-intake = send events
scope-admin = keep people and settings
