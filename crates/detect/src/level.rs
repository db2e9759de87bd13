//! What a rule's level and tags say, in ATT&CK's words.
//!
//! Invariant: techniques are upper case (`T1021.002`), tactics lower case with hyphens.

use std::sync::Arc;

use crate::signal::Level;

/// Ours for Sigma's; medium where the author gives none.
pub fn level(level: Option<rsigma_parser::Level>) -> Level {
    match level {
        Some(rsigma_parser::Level::Informational) => Level::Informational,
        Some(rsigma_parser::Level::Low) => Level::Low,
        Some(rsigma_parser::Level::Medium) | None => Level::Medium,
        Some(rsigma_parser::Level::High) => Level::High,
        Some(rsigma_parser::Level::Critical) => Level::Critical,
    }
}

/// `attack.t1021.002` → `T1021.002`.
pub fn techniques(tags: &[String]) -> Arc<[String]> {
    attack(tags).filter(|it| is_technique(it)).map(|it| it.to_uppercase()).collect()
}

/// `attack.lateral_movement` → `lateral-movement`.
pub fn tactics(tags: &[String]) -> Arc<[String]> {
    attack(tags).filter(|it| it.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')).collect()
}

/// `T1021.002` is under `T1021` and under itself.
pub fn is_under(technique: &str, other: &str) -> bool {
    technique.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn attack(tags: &[String]) -> impl Iterator<Item = String> {
    tags.iter().filter_map(|tag| {
        let tag = tag.to_ascii_lowercase();
        Some(tag.strip_prefix("attack.")?.replace('_', "-"))
    })
}

fn is_technique(name: &str) -> bool {
    let mut parts = name.split('.');
    let main = parts.next().and_then(|it| it.strip_prefix('t'));
    let digits = |it: &str, number: usize| it.len() == number && it.bytes().all(|byte| byte.is_ascii_digit());
    main.is_some_and(|it| digits(it, 4)) && parts.all(|it| digits(it, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_give_techniques_and_tactics() {
        let tags = [
            "attack.t1021.002",
            "attack.lateral_movement",
            "attack.T1486",
            "attack.defense-impairment",
            "cve.2021-44228",
            "attack.g0007",
            "attack.s0029",
            "detection.threat-hunting",
        ]
        .map(str::to_owned);
        assert_eq!(*techniques(&tags), ["T1021.002", "T1486"]);
        assert_eq!(*tactics(&tags), ["lateral-movement", "defense-impairment"]);
    }
}
