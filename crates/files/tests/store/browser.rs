//! As much of a browser as a link needs: one request on one connection.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

#[derive(Debug, Clone)]
pub struct Request<'a> {
    method: &'a str,
    url: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a [u8],
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl<'a> Request<'a> {
    pub fn get(url: &'a str) -> Self {
        Self::new("GET", url, &[])
    }

    pub fn put(url: &'a str, body: &'a [u8]) -> Self {
        Self::new("PUT", url, body)
    }

    /// What a browser asks before a page of this origin may send its PUT.
    pub fn preflight(url: &'a str, origin: &'a str) -> Self {
        Self::new("OPTIONS", url, &[])
            .with("Origin", origin)
            .with("Access-Control-Request-Method", "PUT")
            .with("Access-Control-Request-Headers", "content-type")
    }

    pub fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    fn new(method: &'a str, url: &'a str, body: &'a [u8]) -> Self {
        let headers = Vec::new();
        Self {
            method,
            url,
            headers,
            body,
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|header| header.1.as_str())
    }
}

pub fn send(request: &Request<'_>) -> Answer {
    try_send(request).expect("the store answers")
}

pub fn try_send(request: &Request<'_>) -> io::Result<Answer> {
    let rest = request.url.strip_prefix("http://").expect("the store has no TLS");
    let (host, path) = rest.split_at(rest.find('/').expect("the URL has a path"));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut head = format!(
        "{} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n",
        request.method
    );
    if request.method == "PUT" {
        head += &format!("Content-Length: {}\r\n", request.body.len());
    }
    for (name, value) in &request.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    stream.write_all(request.body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    let mut answer = Answer {
        status,
        headers: headers.collect::<Option<_>>()?,
        body: answer[end + 4..].to_vec(),
    };
    if answer.header("Transfer-Encoding") == Some("chunked") {
        answer.body = joined(&answer.body)?;
    }
    Some(answer)
}

/// A body that came in chunks.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunks.get(end + 2..end + 2 + length)?);
        chunks = chunks.get(end + 4 + length..)?;
    }
}
