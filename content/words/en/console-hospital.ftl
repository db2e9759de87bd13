# Hospital: readiness, files of the map, history.
hospital-first-title = No map yet: begin with one ward
hospital-first-lede = A map says which care rests on which machines. This is the smallest one that says something: put your own names, check, save. Add the rest line by line.
hospital-first-files = Or paste the files that you have:
hospital-keeper = Only a site administrator edits the map.
hospital-broken = The kept map cannot be used
hospital-title = { $care } care services, { $assets } machines, { $levers } levers: { $open ->
    [0] nothing is missing
    [one] one gap to close while all is calm
   *[other] { $open } gaps to close while all is calm
}
hospital-lede = Each gap below costs minutes on the night. Open one to see which lines to fill in.
hospital-see-map = See the map
hospital-ready = How ready
hospital-fix = fix
hospital-files = Files of the map
hospital-export = Take all (tar)
hospital-lines = { $count ->
    [one] one line
   *[other] { $count } lines
}
hospital-download = download
hospital-add = Add:
hospital-latest = Latest version
hospital-history = History
hospital-errors = To put right: { $count }
hospital-remarks = Worth a look: { $count }
hospital-sound = Nothing to put right
hospital-sound-lede = The map can be saved. Nothing is kept yet.
hospital-wrong = Some lines are to be put right
hospital-wrong-lede = Nothing is kept yet. Each line below says where and what to do.
hospital-refused = Not saved: the map could not be used
hospital-refused-lede = These mistakes leave its meaning uncertain. Your text is below, as you typed it.
hospital-check = Check
hospital-save = Save
hospital-remark = What changed, in a few words
hospital-empty = An empty text takes the file out.
hospital-edit = Edit { $name }
hospital-new = Add { $name }
hospital-edit-lede = Check says what is wrong without keeping anything; Save makes a new version that everybody uses.
hospital-line = Line { $line }
hospital-race = Not saved yet: { $author } saved meanwhile
hospital-race-lede = Their remark: { $remark }. Put into your text what you want to keep of theirs, then save.
hospital-race-diff = From their text to yours
hospital-race-yours = Your text
hospital-race-theirs = Their text
gap-procedure = { $open } of { $all } care services have no paper procedure
gap-place = { $open } of { $all } levers do not say where they are
gap-who = { $open } of { $all } levers do not say who may pull them
gap-restore = { $open } of { $all } machines that care rests on have no steps to come back
gap-tested = { $open } of { $all } machines with a backup never had it tested
gap-contact = { $open } of { $all } contacts cannot be reached
gap-well-procedure = Every care service has its paper procedure ({ $all })
gap-well-place = Every lever says where it is ({ $all })
gap-well-who = Every lever says who may pull it ({ $all })
gap-well-restore = Every machine that care rests on has steps to come back ({ $all })
gap-well-tested = Every backup was tested ({ $all })
gap-well-contact = Every contact can be reached ({ $all })
history-title = { $count ->
    [0] The map has no version yet
    [one] The map has one version
   *[other] The map has { $count } versions
}
history-lede = Who changed what, line by line. Any version can be brought back as a new one.
history-none = Save a first map on the page Hospital.
history-see = what changed
history-older = Older
history-version = Version { $number }: { $remark }
history-same = Nothing differs.
history-gap = { $count ->
    [one] … one line alike
   *[other] … { $count } lines alike
}
history-restore = Bring this version back
history-restore-does = It becomes the newest version; nothing is lost.
history-remark = back to version { $number }: { $remark }
import-do = Bring files
import-file = Files of the map
import-hint = several at once, .toml and .csv, or one .tar as taken from here
import-others = Files that are not among them
import-stay = stay as they are
import-go = are taken out: what I bring is the whole map
import-look = See what would change
import-later = Nothing is kept yet.
import-title = { $count ->
    [one] This would change one file
   *[other] This would change { $count } files
}
import-lede = Nothing is kept yet. Look through it, say in a few words what it is, and save.
import-wrong = { $count ->
    [one] Not to be kept: one mistake
   *[other] Not to be kept: { $count } mistakes
}
import-wrong-lede = Nothing was changed, and your files are as they were. Put right in them what stands below, then bring them again.
import-unfinished = These mistakes leave the map usable. You may save it unfinished: they stay listed on Hospital until they are put right.
import-same = Nothing would change
import-same-lede = These files say what the map says already.
import-race = Nothing is kept yet. Below is what your files would change in the version that stands now; if that is what you want, save.
import-keep = Save as version { $number }
import-leave = Leave it
import-changes = What changes
import-again = Bring them again
import-new = new
import-changed = changed
import-removed = taken out
