//! Durations, sizes and rates as people write them.
//!
//! Invariant: nothing read here exceeds [`DURATION_MAX`] seconds or `u64::MAX` bytes; nothing wraps.

/// The longest duration taken: a hundred years, in seconds.
pub const DURATION_MAX: u64 = 100 * 366 * 86_400;

/// Whole seconds of `45s`, `20min`, `4h`, `1h30`, `1h30min`, `2d`, `1d 12h` or `0`; `None` for anything else.
///
/// ```
/// assert_eq!(hospital::parse_duration("1h30"), Some(5_400));
/// assert_eq!(hospital::parse_duration("half an hour"), None);
/// ```
#[must_use]
pub fn parse_duration(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(0);
    }
    let (mut total, mut previous) = (0_u64, u64::MAX);
    while !rest.is_empty() {
        let (number, after) = number(rest)?;
        let letters = after.find(|it: char| !it.is_alphabetic()).unwrap_or(after.len());
        let unit = match (after[..letters].to_lowercase().as_str(), previous) {
            ("", 3600) => 60,
            (word, _) => seconds(word)?,
        };
        if unit >= previous {
            return None;
        }
        total = total.checked_add(number.checked_mul(unit)?)?;
        previous = unit;
        rest = after[letters..].trim_start();
    }
    (previous != u64::MAX && total <= DURATION_MAX).then_some(total)
}

/// Bytes of `800GB`, `1.5 TB`, `512MiB` or `0`; `None` for anything else.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    if text == "0" {
        return Some(0);
    }
    let split = text.find(|it: char| !it.is_ascii_digit() && it != '.' && it != '_')?;
    let unit: u128 = match text[split..].trim().to_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "pb" => 1_000_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        "pib" => 1 << 50,
        _ => return None,
    };
    let digits = text[..split].replace('_', "");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    if whole.is_empty() || fraction.len() > 6 || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    let scale = 10_u128.pow(fraction.len() as u32);
    let number = format!("{whole}{fraction}").parse::<u64>().ok()?;
    u64::try_from(u128::from(number).checked_mul(unit)? / scale).ok()
}

/// Bytes a second of `200MB/s`; `None` for anything else.
pub(crate) fn parse_rate(text: &str) -> Option<u64> {
    parse_size(text.trim().strip_suffix("/s")?)
}

/// A whole number at the start of `text`, and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..digits].parse().ok()?, text[digits..].trim_start()))
}

fn seconds(unit: &str) -> Option<u64> {
    Some(match unit {
        "s" | "sec" => 1,
        "min" | "mn" => 60,
        "h" => 3_600,
        "d" | "j" => 86_400,
        "w" => 604_800,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("20min", Some(1_200)),
            ("90 min", Some(5_400)),
            ("4h", Some(14_400)),
            ("1h30", Some(5_400)),
            ("1h30min", Some(5_400)),
            (" 1 h 05 ", Some(3_900)),
            ("2d", Some(172_800)),
            ("1d 12h", Some(129_600)),
            ("45s", Some(45)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("", None),
            ("20", None),
            ("min", None),
            ("-20min", None),
            ("1.5h", None),
            ("30min1h", None),
            ("1h1h", None),
            ("20 minutes", None),
            ("99999999999999999999h", None),
            ("18446744073709551615d", None),
            ("36601d", None),
            ("1h30min20", None),
            ("é", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_duration(text), expected, "{text}");
        }
    }

    #[test]
    fn sizes_and_rates() {
        let cases = [
            ("800GB", Some(800_000_000_000)),
            ("1.5 TB", Some(1_500_000_000_000)),
            ("1KiB", Some(1_024)),
            ("0", Some(0)),
            ("1_000 MB", Some(1_000_000_000)),
            ("12", None),
            ("GB", None),
            ("1.GB", None),
            (".5GB", None),
            ("-1GB", None),
            ("99999999999PB", None),
            ("1 Go", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_size(text), expected, "{text}");
        }
        assert_eq!(parse_rate("200MB/s"), Some(200_000_000));
        assert_eq!(parse_rate("200MB"), None);
        assert_eq!(parse_rate("/s"), None);
    }
}
