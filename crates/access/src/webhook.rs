//! Messages to other systems: the signature by which they know us, and the addresses we never call.
//!
//! Invariants: a message is signed with its time, so that an old one cannot be sent again as new; and a call
//! goes only to an address of the public Internet, whatever name led there. Check the address that is
//! connected to, after the name is resolved, not the name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

use crate::seal::{Key, Use, mac};
use crate::secret::hex;

/// The secret shared with one receiver, made from the key and the receiver's id: the same at each call.
#[must_use]
pub fn secret(key: &Key, receiver: &str) -> String {
    format!("rmh_{}", hex(&key.mac(Use::Webhook, &[receiver.as_bytes()])))
}

/// The signature header of a message: `t=UNIX,v1=HEX`, where HEX is HMAC-SHA256, under the secret's text, of
/// the time's digits, a full stop and the body.
#[must_use]
pub fn signature(secret: &str, now: Timestamp, body: &[u8]) -> String {
    let time = now.as_second().to_string();
    let hash = mac(secret.as_bytes(), &[time.as_bytes(), b".", body]);
    format!("t={time},v1={}", hex(&hash))
}

/// Whether a message may go to this address: only where it cannot reach our own machine or our networks.
#[must_use]
pub fn allowed(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => allowed_v4(address),
        IpAddr::V6(address) => allowed_v6(address),
    }
}

/// Special addresses after IANA's register (RFC 6890 and its updates).
fn allowed_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        // this network, private, loopback; multicast, reserved and broadcast
        0 | 10 | 127 | 224..=255 => true,
        100 => (64..=127).contains(&b),
        169 => b == 254,
        172 => (16..=31).contains(&b),
        192 => matches!((b, c), (168, _) | (0, 0 | 2) | (88, 99)),
        198 => matches!((b, c), (18 | 19, _) | (51, 100)),
        203 => (b, c) == (0, 113),
        _ => false,
    };
    !special
}

/// Global unicast without the parts that carry or stand for other addresses.
fn allowed_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = (0x2000..=0x3fff).contains(&a);
    let special = match a {
        // Teredo, benchmarks, ORCHID and the rest of 2001::/23; documentation
        0x2001 => b < 0x0200 || b == 0x0db8,
        // 6to4; documentation
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    global && !special
}
