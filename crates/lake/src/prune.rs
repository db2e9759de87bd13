//! Which row groups a search need not read.
//!
//! Invariant: a row group is left out only where none of its events can be found by the search.

use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use crate::columns::{Column, KEYED, key};
use crate::lake::Span;
use crate::query::{Node, Query};
use crate::row::nanoseconds;

/// Whether some event of the row group may lie in the span: an event of unknown instant always may.
pub(crate) fn may_lie_in(span: &Span, group: &RowGroupMetaData) -> bool {
    let Some(Statistics::Int64(times)) = group.column(Column::Time.place()).statistics() else { return true };
    let (Some(first), Some(last), Some(0)) = (times.min_opt(), times.max_opt(), times.null_count_opt())
    else {
        return true;
    };
    let early = span.since.and_then(nanoseconds).is_some_and(|since| *last < since);
    let late = span.until.and_then(nanoseconds).is_some_and(|until| *first > until);
    !early && !late
}

/// Whether the query may hold of some event whose keys are in the filter.
pub(crate) fn may_hold(query: &Query, keys: &Sbbf) -> bool {
    node_may_hold(&query.0, keys)
}

fn node_may_hold(node: &Node, keys: &Sbbf) -> bool {
    match node {
        Node::And(parts) => parts.iter().all(|it| node_may_hold(it, keys)),
        Node::Or(ways) => ways.iter().any(|it| node_may_hold(it, keys)),
        Node::Field(name, pattern) if KEYED.contains(&&**name) => {
            pattern.literal().is_none_or(|value| keys.check(key(name, value).as_str()))
        }
        Node::Not(_) | Node::Word(_) | Node::Field(..) => true,
    }
}
