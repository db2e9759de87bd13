//! Authorities of the hospital's own, trusted beside the public ones wherever the console calls out by TLS: its mail
//! server, its identity provider, webhooks.
//!
//! Invariant: read once, at the start; a file that holds no certificate that can be used stops the start, not a mail in
//! the night.

use std::path::{Path, PathBuf};

use lettre::transport::smtp::client::{Certificate as MailCertificate, TlsParameters};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Authorities to trust besides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// The file that they stand in.
    pub(crate) file: Option<PathBuf>,
    mail: Option<MailCertificate>,
    web: Vec<reqwest::Certificate>,
}

impl Trust {
    /// Reads the authorities of a file in PEM; without one there are none.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else than certificates.
    pub(crate) fn load(file: Option<&Path>) -> Result<Trust, String> {
        let Some(file) = file else { return Ok(Trust::default()) };
        let pem = std::fs::read(file).map_err(|error| error.to_string())?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        if roots.is_empty() {
            return Err("it holds no certificate".to_owned());
        }
        let mail = MailCertificate::from_pem(&pem).map_err(|error| error.to_string())?;
        let web = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| error.to_string())?;
        Ok(Trust { file: Some(file.to_owned()), mail: Some(mail), web })
    }

    /// How a mail server of that name is known.
    ///
    /// # Errors
    /// When the name can be no server's.
    pub(crate) fn mail(&self, host: &str) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let known = TlsParameters::builder(host.to_owned());
        match &self.mail {
            Some(certificate) => known.add_root_certificate(certificate.clone()).build(),
            None => known.build(),
        }
    }

    /// A client of the web that trusts them.
    pub(crate) fn web(&self, client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        if self.web.is_empty() { client } else { client.tls_certs_merge(self.web.clone()) }
    }
}

/// An error and what led to it, in one line, with what to do about it where that is known.
pub(crate) fn reasons(error: &dyn std::error::Error) -> String {
    let text = access::reasons(error);
    if !is_distrusted(&text) {
        return text;
    }
    text + "; its certificate is of an authority that is not trusted here: name the authority's file with --trust"
}

/// Whether an error says that the other side's authority is not known.
pub(crate) fn is_distrusted(text: &str) -> bool {
    text.contains("UnknownIssuer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_certificates_or_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authorities.pem");
        let own = || rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
        let (one, other) = (own(), own());
        let damaged = one.cert.pem().replacen("MII", "AAA", 1);
        for (text, good) in [
            (one.cert.pem(), true),
            (format!("# ours\n{}\n{}", one.cert.pem(), other.cert.pem()), true),
            (String::new(), false),
            ("no certificate".to_owned(), false),
            (one.signing_key.serialize_pem(), false),
            (damaged, false),
        ] {
            std::fs::write(&file, &text).unwrap();
            assert_eq!(Trust::load(Some(&file)).is_ok(), good, "{text}");
        }
        assert!(Trust::load(Some(&folder.path().join("none"))).is_err());
        assert_eq!(Trust::load(None).unwrap().file, None);
    }
}
