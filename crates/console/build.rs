//! Notes when the console is built: a machine whose clock precedes its build is wrong about the time.

fn main() {
    let stated = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|it| it.parse().ok());
    let seconds: u64 = stated.unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |it| it.as_secs())
    });
    let days = seconds / 86_400;
    println!("cargo:rustc-env=REMPART_BUILT={}", day(days));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
}

/// The civil date of a day since 1970, as an instant (days before 1970 do not come up).
fn day(days: u64) -> String {
    let (mut year, mut left) = (1970, days);
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while left >= 365 + u64::from(is_leap(year)) {
        left -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in months {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}T00:00:00Z", left + 1)
}
