//! The grammar of a search, as a table.

use lake::{Query, QueryError};

use crate::process;

#[test]
fn a_query_holds_where_it_says() {
    let event = process("SRV-PACS-01", r#"vssadmin delete shadows /for=C:\ "all""#, &["rule-7"]);
    for (query, holds) in [
        ("", true),
        ("*", true),
        ("shadows", true),
        ("SHADOWS", true),
        ("shadow copy", false),
        ("\"delete shadows\"", true),
        ("\"shadows delete\"", false),
        ("host:srv-pacs-01", true),
        ("host:srv-pacs", false),
        ("host:srv-pacs*", true),
        ("host:*01", true),
        ("host:s*-*1", true),
        ("host:srv-pacs-01*srv-pacs-01", false),
        ("user:nurse-17 host:srv*", true),
        ("user:nurse-17 and host:dc*", false),
        ("user:nurse-17 or host:dc*", true),
        ("not host:dc*", true),
        ("not not host:dc*", false),
        ("not (host:dc* or user:nurse-17)", false),
        ("host:dc* or user:nurse-17 and event_id:4688", true),
        ("(host:dc* or user:nurse-17) and event_id:1", false),
        ("event_id:4688", true),
        ("CommandLine:*shadows*", true),
        ("commandline:*shadows*", false),
        (r"Image:C:\Windows\*", true),
        (r#"Image:"c:\windows\system32\vssadmin.exe""#, true),
        (r#"CommandLine:"vssadmin delete shadows /for=C:\ ""all""""#, true),
        ("rule:rule-7", true),
        ("rule:rule-8", false),
        ("Absent:*", false),
        ("not Absent:*", true),
        ("AND:x", false),
        ("format:windows channel:security", true),
    ] {
        assert_eq!(query.parse::<Query>().unwrap().holds(&event), holds, "{query}");
    }
}

#[test]
fn a_query_that_cannot_be_read_says_where_and_what_to_do() {
    for (query, error) in [
        ("\"open", QueryError::OpenQuote(1)),
        ("Image:\"open", QueryError::OpenQuote(7)),
        ("(a or b", QueryError::OpenParenthesis(1)),
        ("a)", QueryError::Closes(2)),
        ("é a)", QueryError::Closes(4)),
        ("a and", QueryError::Missing(6)),
        ("a or or b", QueryError::Missing(6)),
        ("not", QueryError::Missing(4)),
        ("()", QueryError::Missing(2)),
        ("host:", QueryError::Missing(6)),
        ("host: srv", QueryError::Missing(6)),
    ] {
        assert_eq!(query.parse::<Query>().unwrap_err(), error, "{query}");
    }
    for query in ["a".repeat(10_001), "(".repeat(100), "not ".repeat(100)] {
        assert_eq!(query.parse::<Query>().unwrap_err(), QueryError::TooLong);
    }
}
