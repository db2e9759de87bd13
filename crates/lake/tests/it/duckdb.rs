//! Another tool reads what is kept.

use std::path::PathBuf;
use std::process::Command;

use crate::{folder, process, rows};

const SCRIPT: &str = "
import duckdb, sys
rows = duckdb.sql(f\"\"\"
    select strftime(time, '%Y-%m-%d %H:%M:%S'), host, event_id, rule, json_extract_string(fields, '$.CommandLine'), day, source
    from read_parquet('{sys.argv[1]}/**/*.parquet', hive_partitioning = true) order by host
\"\"\").fetchall()
for row in rows:
    print('|'.join(str(value) for value in row))
";

/// Another tool reads the files, with days and sources as columns.
#[test]
fn duckdb_reads_what_is_kept() {
    let (folder, lake) = folder();
    let events = [process("dc-01", "whoami /all", &["r-1", "r-2"]), process("dc-02", "hostname", &[])];
    lake.append("2026-11-21".parse().unwrap(), "vector", 0, rows(&events)).unwrap();
    let python = python();
    let output = Command::new(&python).args(["-c", SCRIPT]).arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let expected = "2026-11-21 02:10:00|dc-01|4688|['r-1', 'r-2']|whoami /all|2026-11-21|vector\n\
                    2026-11-21 02:10:00|dc-02|4688|[]|hostname|2026-11-21|vector\n";
    assert_eq!(said, expected);
}

/// The Python that has DuckDB: `REMPART_PYTHON`, else the one that `cargo xtask test` makes beside what is built.
fn python() -> PathBuf {
    let built = std::env::current_exe().unwrap();
    let target =
        built.ancestors().find(|it| it.join("python").is_dir()).map(|it| it.join("python/bin/python3"));
    let given = std::env::var_os("REMPART_PYTHON").map(PathBuf::from);
    given
        .or(target)
        .expect("a Python with DuckDB is missing; cargo xtask test brings it, or name it in REMPART_PYTHON")
}
