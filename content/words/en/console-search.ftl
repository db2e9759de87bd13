# Search: the events that are kept.

room-search = Search
search-title = Was it here before?
search-what = What to look for
search-hint = a word, "a phrase", Field:value, * for any text, and, or, not, parentheses
search-since = Since
search-since-hint = 90d, 36h, or a day as 2026-11-20T14:00; empty for everything
search-until = Until
search-until-hint = a day as 2026-11-21T08:00; empty for now
search-do = Search
search-examples = For example
search-fields = Capital and small letters are alike in values. Beside the event's own fields there are host, user, provider, channel, event_id, format, path, address, line and rule.
search-found = { $count ->
    [0] Nothing found
    [one] One event found
   *[other] { $count } events found
}
search-went = Gone through: { $events } events of { $files } files; { $parts } parts of files could hold nothing of it.
search-full = These are the first { $count }, the latest days first: narrow the search to see others.
search-late = It stopped after { $seconds } seconds: narrow the search, or give it a beginning.
search-not-reached = { $count ->
    [one] One older file was not reached.
   *[other] { $count } older files were not reached.
}
search-unread = { $count ->
    [one] One file could not be read: what it holds was not searched.
   *[other] { $count } files could not be read: what they hold was not searched.
}
search-column-when = When
search-column-host = Host
search-column-source = Source
search-column-line = Event
search-cut = It is longer: the API gives it whole.
search-this-host = search everything for this host
search-open-quote = The quote opened at character { $at } is not closed: add " at its end.
search-open-parenthesis = The parenthesis opened at character { $at } is not closed: add ) at its end.
search-closes = The parenthesis at character { $at } closes nothing: remove it.
search-missing = Something to look for is missing at character { $at }: write a word or Field:value there.
search-too-long = The query is too long: at most 10,000 characters and 64 parentheses within each other.
search-bad-since = Write a span such as 90d or 36h, or a day as 2026-11-20T14:00.
search-bad-until = Write a day as 2026-11-21T08:00.
problem-busy = Others are searching
