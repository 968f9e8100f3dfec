//! A server that answers as a test tells it, faults included. One request a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What a request gets.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A whole answer.
    Full(u16, Vec<(&'static str, String)>, String),
    /// An answer that ends before its length.
    Cut(u16, String),
    /// No byte: the connection is closed.
    Close,
    /// Nothing, for as long as the test lasts.
    Silence,
}

pub(crate) fn ok(body: impl Into<String>) -> Answer {
    Answer::Full(200, Vec::new(), body.into())
}

pub(crate) fn status(status: u16, body: impl Into<String>) -> Answer {
    Answer::Full(status, Vec::new(), body.into())
}

pub(crate) fn with(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    Answer::Full(status, headers.collect(), body.to_owned())
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers the nth request with `answer(request, n)`, counted from 0.
    pub(crate) fn start(answer: impl Fn(&Seen, usize) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // A client that gives up may close at any point.
                let Some(request) = read(&mut stream) else {
                    continue;
                };
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request.clone());
                    log.len() - 1
                };
                match answer(&request, number) {
                    Answer::Full(status, headers, body) => {
                        let _ = reply(&mut stream, status, &headers, &body, body.len());
                    }
                    Answer::Cut(status, body) => {
                        let _ = reply(&mut stream, status, &[], &body, body.len() + 100);
                    }
                    Answer::Close => {}
                    Answer::Silence => silent.push(stream),
                }
            }
        });
        Self { address, seen }
    }

    /// Answers with each of these in turn, and with the last one from then on.
    pub(crate) fn script(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        Self::start(move |_, number| answers[number.min(answers.len() - 1)].clone())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

pub(crate) fn read(stream: &mut impl Read) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut first = head.lines().next()?.split(' ');
            let mut seen = Seen {
                method: first.next()?.to_owned(),
                target: first.next()?.to_owned(),
                head,
                body: String::new(),
            };
            let length = seen
                .header("content-length")
                .map_or(0, |length| length.parse().unwrap());
            while bytes.len() < end + 4 + length {
                let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
                bytes.extend_from_slice(&chunk[..count]);
            }
            seen.body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
            return Some(seen);
        }
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
}

fn reply(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&'static str, String)],
    body: &str,
    length: usize,
) -> std::io::Result<()> {
    let mut text = format!("HTTP/1.1 {status} x\r\nconnection: close\r\n");
    if status != 204 {
        text += &format!("content-length: {length}\r\n");
    }
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += "\r\n";
    text += body;
    stream.write_all(text.as_bytes())
}
