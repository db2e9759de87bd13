//! Passkeys against a device written here: one P-256 key, no attestation.

use access::passkey::{Asked, PasskeyError, Site};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jiff::{Timestamp, ToSpan};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "https://rempart.example.org:8443";
const ID: &str = "rempart.example.org";
const ACCOUNT: [u8; 16] = [17; 16];

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn site() -> Site {
    Site::new(ID, ORIGIN, "Rempart").unwrap()
}

/// What a device does wrong from now on.
type Flaw = fn(&mut Device);

/// A device with one key.
struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    counter: u32,
    /// User present, user verified.
    flags: u8,
    origin: &'static str,
    rp: &'static str,
}

impl Device {
    fn new(id: u8) -> Self {
        let random = SystemRandom::new();
        let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, bytes.as_ref(), &random).unwrap();
        Self { key, id: vec![id; 16], counter: 1, flags: 0b101, origin: ORIGIN, rp: ID }
    }

    fn client_data(&self, kind: &str, asked: &Asked) -> Vec<u8> {
        let options: Value = serde_json::from_str(&asked.options).unwrap();
        let challenge = &options["publicKey"]["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp).to_vec();
        data.push(self.flags | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// Makes its passkey; CBOR by hand.
    fn register(&self, asked: &Asked) -> String {
        let mut data = self.data(0b100_0000);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(&self.id);
        // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        self.answer(json!({
            "attestationObject": b64(&object),
            "clientDataJSON": b64(&self.client_data("webauthn.create", asked)),
        }))
    }

    fn log_in(&mut self, asked: &Asked) -> String {
        self.counter += 1;
        let (client, data) = (self.client_data("webauthn.get", asked), self.data(0));
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client));
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(json!({
            "authenticatorData": b64(&data),
            "clientDataJSON": b64(&client), "signature": b64(signature.as_ref()),
            "userHandle": null,
        }))
    }

    fn answer(&self, response: Value) -> String {
        json!({ "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "response": response,
            "clientExtensionResults": {} })
        .to_string()
    }
}

fn b64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn a_passkey_is_made_and_used() {
    let (site, mut device) = (site(), Device::new(1));
    let asked = site.start_registration(ACCOUNT, "nurse-17", &[], now()).unwrap();
    let options: Value = serde_json::from_str(&asked.options).unwrap();
    assert_eq!(options["publicKey"]["rp"], json!({ "name": "Rempart", "id": ID }));
    assert_eq!(options["publicKey"]["user"]["id"], b64(&ACCOUNT));
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    let made = site.finish_registration(&asked.state, &device.register(&asked), now() + 5.minutes()).unwrap();
    assert_eq!(made.id, b64(&device.id));

    let again = site.start_registration(ACCOUNT, "nurse-17", &[&made.text], now()).unwrap();
    let options: Value = serde_json::from_str(&again.options).unwrap();
    assert_eq!(options["publicKey"]["excludeCredentials"][0]["id"], made.id);

    let second = Device::new(2);
    let asked = site.start_registration(ACCOUNT, "nurse-17", &[&made.text], now()).unwrap();
    let other = site.finish_registration(&asked.state, &second.register(&asked), now()).unwrap();

    let mut kept = made;
    for _ in 0..2 {
        let all = [other.text.as_str(), kept.text.as_str()];
        let asked = site.start_authentication(&all, now()).unwrap();
        let used = site.finish_authentication(&asked.state, &device.log_in(&asked), &all, now()).unwrap();
        assert_eq!(used.id, kept.id);
        assert_ne!(used.text, kept.text, "its counter moved");
        kept = used;
    }
    // A copy of the device from before the two log-ins is found by its counter.
    device.counter = 1;
    let asked = site.start_authentication(&[&kept.text], now()).unwrap();
    let answer = site.finish_authentication(&asked.state, &device.log_in(&asked), &[&kept.text], now());
    assert!(matches!(answer, Err(PasskeyError::Copied)), "{answer:?}");
}

#[test]
fn a_device_that_proves_nothing_is_refused() {
    let site = site();
    let flaws: [(&str, Flaw); 6] = [
        ("user not verified", |device| device.flags = 0b001),
        ("nobody there", |device| device.flags = 0b100),
        ("another origin", |device| device.origin = "https://rempart.example.com:8443"),
        ("another port", |device| device.origin = "https://rempart.example.org"),
        ("another site", |device| device.rp = "example.org"),
        ("another key", |device| device.key = Device::new(1).key),
    ];
    for (name, flaw) in flaws {
        let mut device = Device::new(1);
        let asked = site.start_registration(ACCOUNT, "nurse-17", &[], now()).unwrap();
        let made = site.finish_registration(&asked.state, &device.register(&asked), now()).unwrap();
        flaw(&mut device);
        let asked = site.start_registration(ACCOUNT, "nurse-17", &[], now()).unwrap();
        let answer = site.finish_registration(&asked.state, &device.register(&asked), now());
        assert_eq!(answer.is_ok(), name == "another key", "{name}: {answer:?}");
        let asked = site.start_authentication(&[&made.text], now()).unwrap();
        let answer = site.finish_authentication(&asked.state, &device.log_in(&asked), &[&made.text], now());
        assert!(matches!(answer, Err(PasskeyError::NotProven { .. })), "{name}: {answer:?}");
    }
}

#[test]
fn a_state_is_for_its_own_question_and_time() {
    let (site, mut device) = (site(), Device::new(1));
    let first = site.start_registration(ACCOUNT, "nurse-17", &[], now()).unwrap();
    let second = site.start_registration(ACCOUNT, "nurse-17", &[], now()).unwrap();
    assert_ne!(first.state, second.state);
    let answer = device.register(&first);
    assert!(matches!(
        site.finish_registration(&second.state, &answer, now()),
        Err(PasskeyError::NotProven { .. })
    ));
    for later in [301.seconds(), -301.seconds()] {
        let late = site.finish_registration(&first.state, &answer, now() + later);
        assert!(matches!(late, Err(PasskeyError::Stale)), "{late:?}");
    }
    let made = site.finish_registration(&first.state, &answer, now()).unwrap();
    let asked = site.start_authentication(&[&made.text], now()).unwrap();
    let answer = device.log_in(&asked);
    let kept = [made.text.as_str()];
    for state in [first.state.as_str(), "", "{}"] {
        let answer = site.finish_authentication(state, &answer, &kept, now());
        assert!(matches!(answer, Err(PasskeyError::Stale)), "{answer:?}");
    }
    for nothing in ["", "{}", "null", &" ".repeat(70_000), &answer.replace("rawId", "raw")] {
        let answer = site.finish_authentication(&asked.state, nothing, &kept, now());
        assert!(matches!(answer, Err(PasskeyError::Malformed)), "{answer:?}");
    }
    assert!(matches!(site.start_authentication(&[], now()), Err(PasskeyError::NoPasskey)));
    assert!(matches!(site.start_authentication(&["{}"], now()), Err(PasskeyError::Damaged)));
    // The passkey was removed between the two requests.
    let answer = site.finish_authentication(&asked.state, &answer, &[], now());
    assert!(matches!(answer, Err(PasskeyError::NoPasskey)), "{answer:?}");
}

#[test]
fn passkeys_belong_to_host_names() {
    let cases = [
        (ID, ORIGIN, None),
        ("example.org", ORIGIN, None),
        ("localhost", "http://localhost:8787", None),
        ("192.0.2.7", "https://192.0.2.7", Some("numbers")),
        ("127.0.0.1", "http://127.0.0.1:8787", Some("numbers")),
        ("[::1]", "https://[::1]:8787", Some("numbers")),
        (ID, "http://rempart.example.org", Some("https://")),
        (ID, "ftp://rempart.example.org", Some("https://")),
        ("org", ORIGIN, Some("full host name")),
        ("example.com", ORIGIN, Some("end of it")),
        ("part.example.org", ORIGIN, Some("end of it")),
        (ID, "rempart", Some("not an address")),
    ];
    for (id, origin, expected) in cases {
        match (Site::new(id, origin, "Rempart"), expected) {
            (Ok(_), None) => {}
            (Err(error @ PasskeyError::Site { .. }), Some(word)) => {
                assert!(error.to_string().contains(word), "{origin}: {error}");
            }
            (other, _) => panic!("{id} {origin}: {other:?}"),
        }
    }
}
