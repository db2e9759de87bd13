//! Syslog: datagrams, and streams framed by a count of octets or by line ends (RFC 6587, RFC 5425).
//!
//! Plain syslog has no acknowledgement: what was received and is not yet durable at a crash may be lost. Over TCP no
//! more is read before the last was made durable, so a full spool closes the window; over UDP what finds no room is
//! dropped, and counted.
//!
//! Invariant: each arrival is an event of its own; a line that is too long is counted as shed and passed over, and
//! the next is read from its start.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::{Intake, certificate};
use crate::event::{Event, Id, Source};

/// Bytes read at a time.
const WINDOW: usize = 64 << 10;
/// Longest datagram.
const DATAGRAM: usize = 65_535;
/// Digits of a count of octets.
const DIGITS: usize = 9;

/// Takes datagrams until told to stop.
pub async fn udp(intake: Arc<Intake>, socket: UdpSocket) -> std::io::Result<()> {
    let mut buffer = vec![0; DATAGRAM];
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel::<Arc<Source>>();
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut buffer) => received,
            dropped = told.recv() => {
                dropped.iter().for_each(|source| intake.spool.shed(source, 1));
                continue;
            }
            () = intake.stop.cancelled() => return Ok(()),
        };
        // An error tells of an answer to somebody else, or of one datagram.
        let Ok((length, peer)) = received else { continue };
        let line = buffer[..length].trim_ascii_end();
        if line.is_empty() {
            continue;
        }
        let source = Arc::new(Source::new(&name(peer), "none"));
        if !intake.rates.take(&source, 1) {
            intake.spool.shed(&source, 1);
            continue;
        }
        let event = Event { source: source.clone(), id: Id::Distinct, bytes: line.to_vec() };
        let tell = tell.clone();
        intake.spool.append(&[event], move |outcome| {
            if outcome.is_err() {
                // A listener that has ended counts no more.
                let _ = tell.send(source);
            }
        });
    }
}

/// Takes connections until told to stop; over TLS where a configuration is given. A client's certificate, where the
/// configuration asks for one, names the source.
pub async fn tcp(
    intake: Arc<Intake>,
    socket: TcpListener,
    tls: Option<Arc<ServerConfig>>,
) -> std::io::Result<()> {
    let places = Arc::new(Semaphore::new(intake.limits.connections));
    let acceptor = tls.map(TlsAcceptor::from);
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = intake.stop.cancelled() => return Ok(()),
        };
        let Ok((stream, peer)) = accepted else {
            // No more files may be open: others close theirs meanwhile.
            tokio::time::sleep(super::PAUSE).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let (intake, acceptor) = (intake.clone(), acceptor.clone());
        tokio::spawn(async move {
            connection(&intake, stream, peer, acceptor).await;
            drop(place);
        });
    }
}

async fn connection(intake: &Intake, stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>) {
    let Some(tls) = tls else {
        return lines(intake, stream, &Arc::new(Source::new(&name(peer), "none"))).await;
    };
    let Ok(Ok(stream)) = tokio::time::timeout(intake.limits.patience, tls.accept(stream)).await else {
        return;
    };
    let proven = certificate::source(stream.get_ref().1);
    let source = proven.unwrap_or_else(|| Source::new(&name(peer), "none"));
    lines(intake, stream, &Arc::new(source)).await;
}

/// Reads a stream to its end.
async fn lines(intake: &Intake, mut stream: impl AsyncRead + Unpin, source: &Arc<Source>) {
    let mut frames = Frames::new(intake.limits.event);
    loop {
        let read = tokio::select! {
            read = tokio::time::timeout(intake.limits.patience.saturating_mul(10), frames.read(&mut stream)) => read,
            () = intake.stop.cancelled() => return,
        };
        let more = matches!(read, Ok(Ok(length)) if length > 0);
        let mut events = Vec::new();
        while let Some(line) = frames.next(!more) {
            events.push(Event { source: source.clone(), id: Id::Distinct, bytes: line });
        }
        let long = std::mem::take(&mut frames.too_long);
        if long > 0 {
            intake.spool.shed(source, long);
        }
        if !events.is_empty() && !intake.keep_at_last(source, &events).await {
            return;
        }
        if !more {
            return;
        }
    }
}

/// A stream cut into messages.
struct Frames {
    held: Vec<u8>,
    longest: usize,
    /// Octets of a message that is too long, still to be passed over; none where it ends with its line.
    passing: Option<Option<usize>>,
    too_long: u64,
}

impl Frames {
    fn new(longest: usize) -> Frames {
        Frames { held: Vec::new(), longest, passing: None, too_long: 0 }
    }

    async fn read(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<usize> {
        self.held.reserve(WINDOW);
        stream.read_buf(&mut self.held).await
    }

    /// The next whole message; at the end of the stream, also what stands there without an end.
    fn next(&mut self, ended: bool) -> Option<Vec<u8>> {
        loop {
            match self.passing {
                Some(Some(octets)) => {
                    let passed = octets.min(self.held.len());
                    self.held.drain(..passed);
                    self.passing = if passed < octets { Some(Some(octets - passed)) } else { None };
                    if self.passing.is_some() {
                        return None;
                    }
                }
                Some(None) => {
                    let Some(end) = line_end(&self.held) else {
                        self.held.clear();
                        return None;
                    };
                    self.held.drain(..=end);
                    self.passing = None;
                }
                None => {}
            }
            let blank = self.held.iter().take_while(|byte| matches!(byte, b'\n' | b'\r' | 0)).count();
            self.held.drain(..blank);
            if self.held.is_empty() {
                return None;
            }
            let line = match count(&self.held) {
                Count::Of(octets, digits) if octets > self.longest => {
                    self.too_long += 1;
                    self.held.drain(..digits);
                    self.passing = Some(Some(octets));
                    continue;
                }
                Count::Of(octets, digits) if self.held.len() >= digits + octets => {
                    let line = self.held[digits..digits + octets].to_vec();
                    self.held.drain(..digits + octets);
                    line
                }
                Count::Of(..) | Count::Unknown if !ended => return None,
                _ => match line_end(&self.held) {
                    Some(end) if end <= self.longest => {
                        let line = self.held[..end].to_vec();
                        self.held.drain(..=end);
                        line
                    }
                    None if self.held.len() <= self.longest && !ended => return None,
                    None if self.held.len() <= self.longest => std::mem::take(&mut self.held),
                    _ => {
                        self.too_long += 1;
                        self.passing = Some(None);
                        continue;
                    }
                },
            };
            let line = line.trim_ascii_end();
            if !line.is_empty() {
                return Some(line.to_vec());
            }
        }
    }
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\n', 0, bytes)
}

/// What a message begins with.
enum Count {
    /// A count of octets, and how many bytes the count itself takes.
    Of(usize, usize),
    /// Digits, of which more may come.
    Unknown,
    /// The message itself.
    None,
}

fn count(bytes: &[u8]) -> Count {
    let digits = bytes.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > DIGITS || bytes[0] == b'0' {
        return Count::None;
    }
    match bytes.get(digits) {
        None => Count::Unknown,
        // RFC 6587: a count is followed by a space and the message's `<`; a line of digits is not.
        Some(b' ') => match bytes.get(digits + 1) {
            None => Count::Unknown,
            Some(b'<') => {
                let number = std::str::from_utf8(&bytes[..digits]).ok().and_then(|it| it.parse().ok());
                number.map_or(Count::None, |octets| Count::Of(octets, digits + 1))
            }
            Some(_) => Count::None,
        },
        Some(_) => Count::None,
    }
}

fn name(peer: SocketAddr) -> String {
    peer.ip().to_canonical().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All messages of a stream that comes in pieces of `step` bytes, and how many were too long.
    fn cut(stream: &[u8], step: usize) -> (Vec<String>, u64) {
        let mut frames = Frames::new(20);
        let mut lines = Vec::new();
        for piece in stream.chunks(step) {
            frames.held.extend_from_slice(piece);
            while let Some(line) = frames.next(false) {
                lines.push(line);
            }
        }
        while let Some(line) = frames.next(true) {
            lines.push(line);
        }
        (lines.into_iter().map(|it| String::from_utf8(it).expect("text")).collect(), frames.too_long)
    }

    #[test]
    fn both_framings_are_cut_however_the_pieces_fall() {
        let cases: [(&str, &[&str], u64); 8] = [
            ("<1>one\n<2>two\r\n<3>three", &["<1>one", "<2>two", "<3>three"], 0),
            ("6 <1>one6 <2>two8 <3>a\nb c", &["<1>one", "<2>two", "<3>a\nb c"], 0),
            ("6 <1>one\n<2>two\n", &["<1>one", "<2>two"], 0),
            ("2026 began\n17\n", &["2026 began", "17"], 0),
            ("<1>one\0<2>two\0", &["<1>one", "<2>two"], 0),
            ("<1>much longer than twenty bytes\n<2>two\n", &["<2>two"], 1),
            ("30 <1>much longer than twenty byt6 <2>two", &["<2>two"], 1),
            ("\n\n<1>one\n\n", &["<1>one"], 0),
        ];
        for (stream, lines, long) in cases {
            for step in 1..=stream.len() {
                let (found, too_long) = cut(stream.as_bytes(), step);
                assert_eq!(
                    (found.as_slice(), too_long),
                    (&*lines.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(), long),
                    "{stream:?} by {step}"
                );
            }
        }
    }
}
