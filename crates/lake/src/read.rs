//! One file of events, read.
//!
//! Invariant: a file that is damaged, or not ours, gives an error, never wrong events and never a panic.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use evidence::Names;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::{ReadOptionsBuilder, SerializedFileReader};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::SchemaDescriptor;

use crate::columns::{Column, SCHEMA};
use crate::lake::{Kept, Span};
use crate::prune;
use crate::query::Query;
use crate::row::Row;
use crate::write::GROUP_ROWS;

/// Shows the events of the row groups that the search may find, and gives back how many row groups were left out.
pub(crate) fn read(
    path: &Path,
    query: &Query,
    span: &Span,
    each: &mut dyn FnMut(Kept) -> bool,
) -> Result<u64> {
    catch_unwind(AssertUnwindSafe(|| read_file(path, query, span, each))).unwrap_or_else(|_| Err(gave_up()))
}

/// The rows of a file that has at most so many, to be written again with others.
pub(crate) fn rows(path: &Path, most: usize) -> Result<Vec<Row>> {
    let all = || {
        let reader = open(path)?;
        let count = usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(usize::MAX);
        if count > most {
            return Err(ParquetError::General(format!("{count} rows stand in one file")));
        }
        let mut all = Vec::new();
        for number in 0..reader.num_row_groups() {
            all.extend(rows_of(&*reader.get_row_group(number)?)?);
        }
        Ok(all)
    };
    catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|_| Err(gave_up()))
}

fn gave_up() -> ParquetError {
    ParquetError::General("the reader gave up on it".to_owned())
}

fn open(path: &Path) -> Result<SerializedFileReader<File>> {
    let properties = ReaderProperties::builder().set_read_bloom_filter(true).build();
    let options = ReadOptionsBuilder::new().with_reader_properties(properties).build();
    let reader = SerializedFileReader::new_with_options(File::open(path)?, options)?;
    let ours = SchemaDescriptor::new(Arc::new(parse_message_type(SCHEMA)?));
    if reader.metadata().file_metadata().schema_descr().root_schema() != ours.root_schema() {
        return Err(ParquetError::General("its columns are not those of this version".to_owned()));
    }
    Ok(reader)
}

fn read_file(path: &Path, query: &Query, span: &Span, each: &mut dyn FnMut(Kept) -> bool) -> Result<u64> {
    let reader = open(path)?;
    let (mut names, mut left_out) = (Names::default(), 0);
    for number in 0..reader.num_row_groups() {
        let near = prune::may_lie_in(span, reader.metadata().row_group(number));
        let group = reader.get_row_group(number)?;
        let keys = group.get_column_bloom_filter(Column::Key.place());
        if !near || keys.is_some_and(|keys| !prune::may_hold(query, keys)) {
            left_out += 1;
            continue;
        }
        for row in rows_of(&*group)? {
            let kept = row.into_kept(&mut names);
            let kept = kept.ok_or_else(|| ParquetError::General("a value was never ours".to_owned()))?;
            if !each(kept) {
                return Ok(left_out);
            }
        }
    }
    Ok(left_out)
}

fn rows_of(group: &dyn RowGroupReader) -> Result<Vec<Row>> {
    let count = usize::try_from(group.metadata().num_rows()).unwrap_or(usize::MAX);
    if count > GROUP_ROWS {
        return Err(ParquetError::General(format!("{count} rows stand in one group")));
    }
    let mut rows: Vec<Row> = std::iter::repeat_with(Row::default).take(count).collect();
    one::<Int64Type>(group, Column::Time, &mut rows, |row, it| {
        row.time = Some(it);
        Ok(())
    })?;
    text(group, Column::Certainty, &mut rows, |row, it| row.certainty = it)?;
    text(group, Column::Host, &mut rows, |row, it| row.host = Some(it))?;
    text(group, Column::User, &mut rows, |row, it| row.user = Some(it))?;
    text(group, Column::Provider, &mut rows, |row, it| row.provider = Some(it))?;
    text(group, Column::Channel, &mut rows, |row, it| row.channel = Some(it))?;
    one::<Int32Type>(group, Column::EventId, &mut rows, |row, it| {
        row.event_id = Some(it.cast_unsigned());
        Ok(())
    })?;
    text(group, Column::Format, &mut rows, |row, it| row.format = it)?;
    text(group, Column::Path, &mut rows, |row, it| row.path = it)?;
    one::<Int64Type>(group, Column::Record, &mut rows, |row, it| {
        row.record = it.cast_unsigned();
        Ok(())
    })?;
    text(group, Column::Line, &mut rows, |row, it| row.line = Some(it))?;
    text(group, Column::Fields, &mut rows, |row, it| row.fields = it)?;
    text(group, Column::Address, &mut rows, |row, it| row.addresses.push(it))?;
    text(group, Column::Rule, &mut rows, |row, it| row.rules.push(it))?;
    text(group, Column::Key, &mut rows, |row, it| row.keys.push(it))?;
    Ok(rows)
}

fn text(
    group: &dyn RowGroupReader,
    column: Column,
    rows: &mut [Row],
    mut set: impl FnMut(&mut Row, String),
) -> Result<()> {
    one::<ByteArrayType>(group, column, rows, |row, it: ByteArray| {
        set(row, it.as_utf8()?.to_owned());
        Ok(())
    })
}

/// Gives every value of a column to the row that it belongs to.
fn one<T: DataType>(
    group: &dyn RowGroupReader,
    column: Column,
    rows: &mut [Row],
    mut set: impl FnMut(&mut Row, T::T) -> Result<()>,
) -> Result<()> {
    let described = group.metadata().column(column.place()).column_descr_ptr();
    let (may_lack, may_repeat) = (described.max_def_level() > 0, described.max_rep_level() > 0);
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(column.place())?);
    let (mut values, mut defined, mut goes_on) = (Vec::new(), Vec::new(), Vec::new());
    let (mut read, mut levels) = (0, 0);
    while read < rows.len() {
        let left = rows.len() - read;
        let (records, _, more) =
            reader.read_records(left, Some(&mut defined), Some(&mut goes_on), &mut values)?;
        if records == 0 {
            return Err(ParquetError::General(format!("column {column:?} ends early")));
        }
        read += records;
        levels += more;
    }
    let mut values = values.into_iter();
    let mut place = None;
    for level in 0..levels {
        if !(may_repeat && goes_on.get(level) == Some(&1)) {
            place = Some(place.map_or(0, |it: usize| it + 1));
        }
        if may_lack && defined.get(level) != Some(&1) {
            continue;
        }
        let row = place.and_then(|it| rows.get_mut(it));
        match (row, values.next()) {
            (Some(row), Some(value)) => set(row, value)?,
            _ => return Err(ParquetError::General(format!("column {column:?} does not fit its rows"))),
        }
    }
    Ok(())
}
