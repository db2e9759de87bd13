//! The tables as the first version made them, one line a table.
//!
//! Invariant: frozen. A later version adds a list of its own beside this one and a migration that applies
//! it; kept data must survive (`tests/it/upgrade.rs`).
//!
//! A column is `name:kind`, `?` where it may be empty, `>table` where it names a record of that table.
//! Kinds: `text`, `int` (64 bits; instants in microseconds), `small` (32 bits), `bool`, `real`.

/// Name of the table, its columns, its indexes (`!` before a unique one; columns joined by `,`).
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) indexes: &'static [&'static str],
}

const fn table(name: &'static str, columns: &'static str, indexes: &'static [&'static str]) -> Table {
    Table { name, columns, indexes }
}

/// Tables of people's records all begin so.
pub(crate) const RECORD: &str = "id:text version:int ";

/// Records: parents before those that name them.
pub(crate) const RECORDS: &[Table] = &[
    table(
        "account",
        "name:text shown:text origin:text subject:text? password:text? mail:text? lang:text? active:bool \
         created_at:int",
        &["!name"],
    ),
    table("grant", "account:text>account role:text site:text?", &["account"]),
    table(
        "factor",
        "account:text>account kind:text label:text secret:text confirmed:bool last_step:int? used_at:int? \
         created_at:int",
        &["account"],
    ),
    table(
        "session",
        "hash:text account:text>account origin:text second:bool created_at:int seen_at:int until:int \
         address:text agent:text seen_as:text?",
        &["!hash", "account"],
    ),
    table("link", "hash:text kind:text account:text?>account until:int used_at:int?", &["!hash"]),
    table(
        "token",
        "hash:text account:text>account label:text scopes:text hosts:text until:int created_at:int",
        &["!hash"],
    ),
    table("webhook", "url:text secret:text kinds:text private:bool detail:bool active:bool", &[]),
    table(
        "delivery",
        "carrier:text target:text body:text state:text tries:small next_at:int error:text? created_at:int",
        &["state,next_at"],
    ),
    table("map_version", "number:int files:text remark:text author:text at:int", &["!number"]),
    table("setting", "value:text", &[]),
    table(
        "ward_code",
        "service:text hash:text sealed:text created_at:int revoked_at:int? used_at:int?",
        &["!hash", "service"],
    ),
    table("backup", "at:int file:text size:int sha256:text error:text? tested_at:int?", &[]),
    table(
        "incident",
        "title:text kind:text state:text site:text? opened_at:int closed_at:int? aware_at:int? facts:text \
         clock_wall:int? clock_own:int? clock_speed:real horizon:int",
        &[],
    ),
    table(
        "attachment",
        "incident:text?>incident kind:text about:text? name:text size:int arrived:int sha256:text? state:text \
         reading:text? author:text at:int",
        &["incident"],
    ),
    table(
        "duty",
        "incident:text>incident role:text person:text account:text? since:int until:int?",
        &["incident"],
    ),
    table(
        "call",
        "incident:text>incident contact:text state:text author:text at:int remark:text",
        &["incident"],
    ),
    table(
        "decision",
        "incident:text>incident title:text why:text state:text levers:text actions:text price:real? \
         saved:real? person:text due_at:int? at:int taken_at:int?",
        &["incident"],
    ),
    table(
        "task",
        "incident:text>incident title:text detail:text person:text? account:text? team:text? playbook:text? \
         state:text blocked_by:text? due_at:int? decision:text? lever:text? code:text author:text at:int \
         done_at:int?",
        &["incident"],
    ),
    table(
        "message",
        "incident:text>incident audience:text lang:text title:text text:text state:text author:text at:int \
         approved_by:text? sent_at:int?",
        &["incident"],
    ),
    table(
        "notice",
        "incident:text>incident obligation:text state:text text:text reference:text? proof:text? author:text \
         at:int sent_at:int?",
        &["incident"],
    ),
    table(
        "cut",
        "incident:text>incident lever:text person:text at:int undone_by:text? undone_at:int? through:text",
        &["incident"],
    ),
    table(
        "ward_report",
        "incident:text>incident service:text says:text text:text patients:small? person:text at:int \
         through:text undone_at:int?",
        &["incident"],
    ),
    table(
        "note",
        "incident:text>incident at:int text:text about:text? author:text written_at:int handover:bool",
        &["incident"],
    ),
    table(
        "mark",
        "incident:text>incident rule:text asset:text? host:text? path:text? record:int? reason:text \
         author:text at:int undone_at:int?",
        &["incident"],
    ),
    table(
        "step",
        "incident:text>incident step:text state:text at:int reason:text author:text",
        &["incident"],
    ),
    table(
        "assessment",
        "incident:text>incident at:int findings:text signals:int map:int rules:text",
        &["!incident"],
    ),
];

/// Tables that are no records: the audit, signals, and what the server remembers of requests.
pub(crate) const OTHERS: &[Table] = &[
    table(
        "audit",
        "seq:int at:int actor:text actor_kind:text address:text verb:text kind:text record:text \
         incident:text? before:text? after:text? previous:text hash:text",
        &["incident,seq"],
    ),
    table("write_lock", "id:small taken:int", &[]),
    table(
        "signal",
        "id:int incident:text>incident rule:text title:text level:small at:int time:int? host:text? \
         asset:text? techniques:text tactics:text path:text record:int kept_at:int",
        &[
            "!incident,rule,path,record",
            "incident,at,id",
            "incident,level,at,id",
            "incident,asset,at,id",
            "incident,host,at,id",
            "incident,rule,at,id",
        ],
    ),
    table("idempotency", "id:text request:text status:small body:text at:int", &["at"]),
    table("visit", "id:text seq:int at:int", &[]),
];
