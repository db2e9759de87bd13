### Console: second proofs

factors-title = Second proof
factors-none = Your password alone opens this account. Add codes from a telephone, or a passkey: whoever finds the password is then not in.
factor-code = codes
factor-passkey = passkey
factors-label = Name
factors-telephone = telephone
factors-remove = Remove
factors-add-code = Add codes from a telephone
factors-left = { $count ->
    [0] No printed code is left.
    [one] One printed code is left.
   *[other] { $count } printed codes are left.
}
factors-again = Print ten new codes; the old ones end

enrol-title = Codes from a telephone
enrol-step-1 = Open an authenticator on the telephone: any that reads a picture such as this one.
enrol-step-2 = Let it read this picture, shown this once.
enrol-typed = Or type this into it:
enrol-step-3 = Type the code that it shows now
enrol-do = Confirm
enrol-not = Not now
printed-title = Ten printed codes
printed-lede = For the day when the telephone is away. Print them, keep them where your badge is. Each works once; they are shown this once.

second-title = One more proof
second-code = The code that the telephone shows
second-printed = One of the printed codes
second-hint = six figures, or one of the ten printed codes
second-do = Come in
second-wrong = That is not the code. Wait for the next one, or take a printed code; nobody is locked out, only slowed down.
second-lost = Telephone and paper both lost? An administrator can forget your second proofs on the page People.

passkey-name = this device
passkey-add = Add a passkey
passkey-give = Use the passkey
passkey-script = Passkeys need JavaScript; without it, take codes.
passkey-old = This browser cannot use passkeys here: take codes, or a newer browser.
passkey-numbers = Passkeys belong to a host name with a certificate, not to an address made of numbers: take codes here.
problem-many = An account has at most ten second proofs: remove one first.
problem-no-factor = Printed codes stand in for a telephone or a passkey: add one of those first.
