//! One file of events, written.
//!
//! Rows are in order of time, then of path and record, so that alike values stand together and a stretch of time
//! touches few row groups.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use crate::columns::SCHEMA;
use crate::row::Row;

/// Rows of a row group at most: what a search reads at once.
pub(crate) const GROUP_ROWS: usize = 32_768;

/// How much time goes into making it small.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Packed {
    /// Little, for what waits to be merged.
    Quickly,
    /// Much, for what stays.
    Well,
}

impl Packed {
    fn level(self) -> Result<ZstdLevel> {
        ZstdLevel::try_new(match self {
            Packed::Quickly => 1,
            Packed::Well => 6,
        })
    }
}

/// Writes the rows and gives back where they were written, flushed but not synced.
pub(crate) fn write<W: Write + Send>(to: W, rows: &[Row], packed: Packed) -> Result<W> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(to, schema, Arc::new(properties(packed)?))?;
    for rows in rows.chunks(GROUP_ROWS) {
        let mut group = writer.next_row_group()?;
        write_group(&mut group, rows)?;
        group.close()?;
    }
    writer.into_inner()
}

fn properties(packed: Packed) -> Result<WriterProperties> {
    let column = |name: &str| ColumnPath::from(name);
    let properties = WriterProperties::builder()
        .set_created_by("rempart".to_owned())
        .set_compression(Compression::ZSTD(packed.level()?))
        .set_column_bloom_filter_enabled(column("key"), true)
        .set_column_bloom_filter_fpp(column("key"), 0.01)
        .set_column_dictionary_enabled(column("fields"), false)
        .set_column_dictionary_enabled(column("line"), false)
        .set_column_dictionary_enabled(column("time"), false)
        .set_column_encoding(column("time"), Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled(column("record"), false)
        .set_column_encoding(column("record"), Encoding::DELTA_BINARY_PACKED);
    Ok(properties.build())
}

fn write_group<W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, rows: &[Row]) -> Result<()> {
    numbers64(group, rows.iter().map(|row| row.time), true)?;
    required(group, rows, |row| &row.certainty)?;
    optional(group, rows, |row| row.host.as_deref())?;
    optional(group, rows, |row| row.user.as_deref())?;
    optional(group, rows, |row| row.provider.as_deref())?;
    optional(group, rows, |row| row.channel.as_deref())?;
    numbers32(group, rows.iter().map(|row| row.event_id.map(u32::cast_signed)))?;
    required(group, rows, |row| &row.format)?;
    required(group, rows, |row| &row.path)?;
    numbers64(group, rows.iter().map(|row| Some(row.record.cast_signed())), false)?;
    optional(group, rows, |row| row.line.as_deref())?;
    required(group, rows, |row| &row.fields)?;
    repeated(group, rows, |row| &row.addresses)?;
    repeated(group, rows, |row| &row.rules)?;
    repeated(group, rows, |row| &row.keys)
}

fn bytes(text: &str) -> ByteArray {
    ByteArray::from(text)
}

fn required<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[Row],
    of: impl Fn(&Row) -> &str,
) -> Result<()> {
    let values: Vec<ByteArray> = rows.iter().map(|row| bytes(of(row))).collect();
    texts(group, &values, None, None)
}

fn optional<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[Row],
    of: impl Fn(&Row) -> Option<&str>,
) -> Result<()> {
    let defined: Vec<i16> = rows.iter().map(|row| i16::from(of(row).is_some())).collect();
    let values: Vec<ByteArray> = rows.iter().filter_map(|row| of(row).map(bytes)).collect();
    texts(group, &values, Some(&defined), None)
}

/// A list's first value opens its row (repetition 0), the others go on in it (1); an empty list is one absent value.
fn repeated<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[Row],
    of: impl Fn(&Row) -> &[String],
) -> Result<()> {
    let (mut values, mut defined, mut goes_on) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let list = of(row);
        if list.is_empty() {
            defined.push(0);
            goes_on.push(0);
        }
        for (place, value) in list.iter().enumerate() {
            defined.push(1);
            goes_on.push(i16::from(place > 0));
            values.push(bytes(value));
        }
    }
    texts(group, &values, Some(&defined), Some(&goes_on))
}

fn texts<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[ByteArray],
    defined: Option<&[i16]>,
    goes_on: Option<&[i16]>,
) -> Result<()> {
    let mut column = next(group)?;
    column.typed::<ByteArrayType>().write_batch(values, defined, goes_on)?;
    column.close()
}

fn numbers64<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    numbers: impl Iterator<Item = Option<i64>> + Clone,
    may_lack: bool,
) -> Result<()> {
    let defined: Vec<i16> = numbers.clone().map(|it| i16::from(it.is_some())).collect();
    let values: Vec<i64> = numbers.flatten().collect();
    let mut column = next(group)?;
    column.typed::<Int64Type>().write_batch(&values, may_lack.then_some(&defined), None)?;
    column.close()
}

fn numbers32<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    numbers: impl Iterator<Item = Option<i32>> + Clone,
) -> Result<()> {
    let defined: Vec<i16> = numbers.clone().map(|it| i16::from(it.is_some())).collect();
    let values: Vec<i32> = numbers.flatten().collect();
    let mut column = next(group)?;
    column.typed::<Int32Type>().write_batch(&values, Some(&defined), None)?;
    column.close()
}

fn next<'a, W: Write + Send>(
    group: &'a mut SerializedRowGroupWriter<'_, W>,
) -> Result<parquet::file::writer::SerializedColumnWriter<'a>> {
    group.next_column()?.ok_or_else(|| ParquetError::General("no column is left".to_owned()))
}
