//! A mail server of the tests, in the clear or behind STARTTLS.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What was taken: two texts of each, such as receiver and text of a mail.
pub type Taken = Arc<Mutex<Vec<(String, String)>>>;

/// A mail server that takes what it is given: receiver and text of each mail.
pub async fn post_office() -> (u16, Taken) {
    office(None).await
}

/// The same; with a certificate, it says so and takes mails after STARTTLS alone.
pub async fn office(secured: Option<TlsAcceptor>) -> (u16, Taken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Taken::default();
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (kept, secured) = (kept.clone(), secured.clone());
            tokio::spawn(async move {
                if stream.write_all(b"220 here\r\n").await.is_err() {
                    return;
                }
                let Some(acceptor) = secured else {
                    converse(stream, &kept, false).await;
                    return;
                };
                // Who does not trust the certificate hangs up here.
                if let Some(stream) = converse(stream, &kept, true).await
                    && let Ok(stream) = acceptor.accept(stream).await
                {
                    converse(stream, &kept, false).await;
                }
            });
        }
    });
    (port, taken)
}

/// Talks until the other side ends, or asks for STARTTLS where that is `offered`: then the line comes back.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: S, kept: &Taken, offered: bool) -> Option<S> {
    let mut stream = BufReader::new(stream);
    let (mut to, mut text, mut inside) = (String::new(), String::new(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end_matches(['\r', '\n']);
        let say: &[u8] = if inside {
            if line == "." {
                inside = false;
                // Long lines come broken at an equals sign.
                let whole = std::mem::take(&mut text).replace("=\n", "");
                kept.lock().unwrap().push((to.clone(), whole));
                b"250 kept\r\n"
            } else {
                text += &format!("{line}\n");
                b""
            }
        } else if line.starts_with("EHLO") {
            if offered { b"250-here\r\n250 STARTTLS\r\n" } else { b"250-here\r\n250 8BITMIME\r\n" }
        } else if line == "STARTTLS" && offered {
            stream.write_all(b"220 go on\r\n").await.ok()?;
            return Some(stream.into_inner());
        } else if offered && line.starts_with("MAIL") {
            b"530 not in the clear\r\n"
        } else if let Some(receiver) = line.strip_prefix("RCPT TO:") {
            receiver.trim_matches(['<', '>', ' ']).clone_into(&mut to);
            b"250 ok\r\n"
        } else if line == "DATA" {
            inside = true;
            b"354 go on\r\n"
        } else if line == "QUIT" {
            b"221 bye\r\n"
        } else {
            b"250 ok\r\n"
        };
        stream.write_all(say).await.ok()?;
    }
}
