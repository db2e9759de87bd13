//! Signed messages, and the addresses that are never called.

use access::{Key, webhook};
use jiff::Timestamp;

#[test]
fn a_message_is_signed_with_its_time() {
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    assert_eq!(
        webhook::signature("rmh_example", now, br#"{"ward":"icu"}"#),
        "t=1700000000,v1=14c8ef3723dd5226642df46c38670e05d13b270488994bbeb695e6b031296f9c"
    );
    let key = Key::from_bytes([7; 32]);
    let secret = webhook::secret(&key, "receiver-1");
    assert_eq!(secret.len(), 4 + 64);
    assert_eq!(secret, webhook::secret(&key, "receiver-1"));
    assert_ne!(secret, webhook::secret(&key, "receiver-2"));
}

#[test]
fn only_public_addresses_are_called() {
    let refused = "
        0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.8.8.8
        169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1
        198.19.255.255 198.51.100.4 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
        :: ::1 ::ffff:8.8.8.8 ::ffff:10.0.0.1 ::8.8.8.8 64:ff9b::808:808 64:ff9b:1::1 100::1 fc00::1 fd12::1
        fe80::1 fec0::1 ff02::1 2001::1 2001:10::1 2001:db8::1 2002:a00:1::1 3fff:fff::1 4000::1";
    for address in refused.split_whitespace() {
        assert!(!webhook::allowed(address.parse().unwrap()), "{address}");
    }
    let taken = "
        1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
        169.253.0.1 172.15.0.1 172.32.0.1 192.0.1.1 192.167.1.1 192.169.1.1 198.17.0.1 198.20.0.1
        223.255.255.255
        2001:200::1 2001:4860::8888 2003::1 2606:4700::1111 2a00:1450::1 3fff:1000::1";
    for address in taken.split_whitespace() {
        assert!(webhook::allowed(address.parse().unwrap()), "{address}");
    }
}
