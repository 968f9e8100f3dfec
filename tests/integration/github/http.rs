//! The sockets: HTTP/1.1 by hand, one thread a connection and one request a connection, because a fake that resets,
//! truncates and keeps silent must hold the bytes itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use super::fault::Behaviour;
use super::ledger::Call;
use super::rest::{Answer, Request};
use super::state::World;
use super::{contract, graphql, rest};

pub fn serve(listener: TcpListener, world: Arc<Mutex<World>>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let world = Arc::clone(&world);
            std::thread::spawn(move || connection(stream, &world));
        }
    });
}

fn read(stream: &TcpStream) -> Option<(Request, String)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let length = header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let token = header("authorization")
        .and_then(|value| value.split_once(' ').map(|(_, token)| token.to_owned()));
    let body = String::from_utf8_lossy(&body).into_owned();
    Some((
        Request {
            method,
            target: target.clone(),
            token,
            body,
        },
        target,
    ))
}

fn connection(mut stream: TcpStream, world: &Mutex<World>) {
    let Some((mut request, target)) = read(&stream) else {
        return;
    };
    let lock = || world.lock().unwrap_or_else(PoisonError::into_inner);
    let mut world = lock();
    let graphql = target
        == if world.prefix.is_empty() {
            "/graphql"
        } else {
            "/api/graphql"
        };
    request.target = if graphql {
        "/graphql".to_owned()
    } else {
        target
            .strip_prefix(world.prefix)
            .unwrap_or("/outside-the-prefix")
            .to_owned()
    };
    let mut met = None;
    for fault in &mut world.faults {
        let found = fault.meets(&request.method, &request.target);
        met = met.or(found);
    }
    if let Some(Behaviour::Meanwhile(event)) = &met {
        world.happen(event);
    }
    let index = world.ledger.calls.len();
    world.ledger.calls.push(Call {
        method: request.method.clone(),
        path: request.target.clone(),
        authorised: request.token.is_some(),
        body: request.body.clone(),
        status: 0,
    });
    let done = !matches!(
        met,
        Some(Behaviour::Refuse { .. } | Behaviour::Reset | Behaviour::Silence(_))
    );
    let mut answer = Answer::json(500, serde_json::Value::Null);
    if done {
        let plain = request.path().to_owned();
        let known = !plain.starts_with("/cursor/") && !graphql;
        if known {
            let body = serde_json::from_str(&request.body).ok();
            let wrong = contract::request(&request.method, &plain, &request.query(), body.as_ref());
            world.ledger.violations.extend(wrong);
        }
        answer = if graphql {
            graphql::answer(&mut world, &request)
        } else {
            rest::answer(&mut world, &request)
        };
        if known && !answer.raw {
            let wrong = contract::response(&request.method, &plain, answer.status, &answer.body);
            world.ledger.violations.extend(wrong);
        }
    }
    let mut text = if answer.body.is_null() {
        String::new()
    } else {
        answer.body.to_string()
    };
    let mut kept = usize::MAX;
    let mut wait = None;
    let mut silent = false;
    match met {
        Some(Behaviour::Refuse {
            status,
            headers,
            body,
        }) => {
            answer = Answer::json(status, serde_json::Value::Null);
            answer.headers = headers;
            text = body;
        }
        Some(Behaviour::DoneBut(status)) => {
            answer.status = status;
            text = "{\"message\":\"Server Error\"}".to_owned();
        }
        Some(Behaviour::Reset | Behaviour::DoneThenReset) => silent = true,
        Some(Behaviour::Silence(time)) => {
            silent = true;
            wait = Some(time);
        }
        Some(Behaviour::Late(time)) => wait = Some(time),
        Some(Behaviour::Truncate) => kept = text.len() / 2,
        Some(Behaviour::Html) => {
            text = "<!DOCTYPE html><html><body>Unicorn!</body></html>".to_owned()
        }
        Some(Behaviour::Empty) => text.clear(),
        Some(Behaviour::GraphqlErrors(errors)) => {
            answer.body["errors"] = errors;
            text = answer.body.to_string();
        }
        Some(Behaviour::Meanwhile(_)) | None => {}
    }
    world.ledger.calls[index].status = if silent { 0 } else { answer.status };
    drop(world);
    if let Some(time) = wait {
        std::thread::sleep(time);
    }
    if silent {
        return;
    }
    let mut head = format!("HTTP/1.1 {} Status\r\nconnection: close\r\n", answer.status);
    if answer.status != 204 {
        head += &format!(
            "content-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n",
            text.len()
        );
    }
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    let body = &text.as_bytes()[..kept.min(text.len())];
    // The client may have gone.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body))
        .and_then(|()| stream.flush());
}
