//! Proxies, certificates, servers that are not there. Scenario 56.

use std::io::Write as _;
use std::process::Command;

use super::server::{ok, status};
use super::*;

fn setup(api: &str, proxy: &'static [(&'static str, &'static str)]) -> Setup {
    Setup {
        proxies: Proxies::read(|name| {
            let found = proxy.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }),
        clock: Arc::new(VirtualClock::new()),
        ..Setup::new(endpoints(api), Token::new(TOKEN).unwrap())
    }
}

fn proxied(proxy: &Server, variable: &'static str, api: &str) -> Client {
    let address = format!("http://user:pass@{}", proxy.address);
    Client::new(Setup {
        proxies: Proxies::read(move |name| (name == variable).then(|| address.clone())),
        ..setup(api, &[])
    })
    .unwrap()
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxy = Server::script([status(407, "")]);
        let client = proxied(&proxy, variable, "https://api.github.com");
        let error = client.get::<Value>("/x").await.unwrap_err();
        let seen = proxy.seen();
        assert_eq!(seen[0].method, "CONNECT");
        assert_eq!(seen[0].target, "api.github.com:443");
        assert_eq!(
            seen[0].header("proxy-authorization"),
            Some("Basic dXNlcjpwYXNz")
        );
        assert_eq!(seen[0].header("authorization"), None);
        let Error::Proxy { proxy: name, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(*name, proxy.address.to_string());
        assert!(!format!("{error:?}").contains("pass"));
    }
}

#[tokio::test]
async fn plain_http_goes_through_its_proxy_too() {
    let proxy = Server::script([status(403, "")]);
    let client = proxied(&proxy, "HTTP_PROXY", "http://git.acme.example/api/v3");
    assert!(matches!(
        client.get::<Value>("/x").await,
        Err(Error::Proxy { .. })
    ));
    assert_eq!(proxy.seen()[0].target, "git.acme.example:80");
}

#[tokio::test]
async fn no_proxy_takes_hosts_out() {
    let server = Server::script([ok("1")]);
    const PROXY: &[(&str, &str)] = &[
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("NO_PROXY", "localhost, 127.0.0.0/8"),
    ];
    let client = Client::new(setup(&server.url(""), PROXY)).unwrap();
    assert_eq!(client.get::<u32>("/x").await, Ok(1));
}

#[tokio::test]
async fn a_proxy_of_another_kind_is_refused() {
    const PROXY: &[(&str, &str)] = &[("HTTPS_PROXY", "socks5://127.0.0.1:1")];
    let client = Client::new(setup("https://api.github.com", PROXY)).unwrap();
    let error = client.get::<Value>("/x").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("only proxies with an http:// address"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again_even_for_a_write() {
    let address = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap()
    };
    let rig = Rig::at(&format!("http://{address}"), Limits::default());
    let error = post(&rig).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable { status: None, .. }),
        "{error:?}"
    );
    assert_eq!(rig.client.spent().requests, 3);
}

#[test]
fn a_client_outside_of_a_runtime_is_an_error() {
    let setup = setup("http://127.0.0.1:1", &[]);
    assert_eq!(Client::new(setup).unwrap_err(), Error::NoRuntime);
}

/// A server for `localhost` whose certificate comes from an authority of its own. It answers `1`.
fn encrypted() -> std::net::SocketAddr {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let certificate = CertificateDer::from_pem_slice(include_bytes!("localhost.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("localhost.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            if super::server::read(&mut stream).is_some() {
                let answer = b"HTTP/1.1 200 x\r\ncontent-length: 1\r\nconnection: close\r\n\r\n1";
                stream.write_all(answer).unwrap();
                stream.flush().unwrap();
            }
        }
    });
    address
}

/// A proxy that lets every connection through.
fn open_proxy() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut near = stream.unwrap();
            let asked = super::server::read(&mut near).unwrap();
            let mut far = std::net::TcpStream::connect(&asked.target).unwrap();
            near.write_all(b"HTTP/1.1 200 x\r\n\r\n").unwrap();
            let (mut back, mut forth) = (far.try_clone().unwrap(), near.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut forth, &mut back));
            std::thread::spawn(move || std::io::copy(&mut far, &mut near));
        }
    });
    address
}

async fn ask_encrypted() -> Result<u32, Error> {
    let api = format!("https://localhost:{}", encrypted().port());
    Client::new(setup(&api, &[])).unwrap().get("/x").await
}

#[test]
fn a_private_authority_is_trusted_once_it_is_named() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/github/client/tests");
    let own = format!("{folder}/authority.pem");
    let other = format!("{folder}/other-authority.pem");
    run("with_its_authority", &[("SSL_CERT_FILE", &own)]);
    run(
        "with_its_authority_through_a_proxy",
        &[("SSL_CERT_FILE", &own)],
    );
    run("with_another_authority", &[("SSL_CERT_FILE", &other)]);
}

#[tokio::test]
#[ignore = "run by a_private_authority_is_trusted_once_it_is_named"]
async fn with_its_authority() {
    assert_eq!(ask_encrypted().await, Ok(1));
}

#[tokio::test]
#[ignore = "run by a_private_authority_is_trusted_once_it_is_named"]
async fn with_its_authority_through_a_proxy() {
    let api = format!("https://localhost:{}", encrypted().port());
    let proxy = format!("http://{}", open_proxy());
    let setup = Setup {
        proxies: Proxies::read(move |name| (name == "HTTPS_PROXY").then(|| proxy.clone())),
        ..setup(&api, &[])
    };
    assert_eq!(Client::new(setup).unwrap().get::<u32>("/x").await, Ok(1));
}

#[tokio::test]
#[ignore = "run by a_private_authority_is_trusted_once_it_is_named"]
async fn with_another_authority() {
    let error = ask_encrypted().await.unwrap_err();
    assert!(matches!(&error, Error::Tls { host, .. } if host.starts_with("localhost:")));
    assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}");
}

/// Runs one of the ignored tests below in a process of its own, since certificates are named by the environment.
fn run(test: &str, variables: &[(&str, &str)]) {
    let program = std::env::current_exe().unwrap();
    let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    let mut command = Command::new(program);
    command
        .args(["--ignored", "--exact", &name])
        .env_remove("SSL_CERT_DIR");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn a_machine_without_certificates_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    run(
        "without_certificates",
        &[("SSL_CERT_FILE", empty.to_str().unwrap())],
    );
    run(
        "without_certificates",
        &[("SSL_CERT_FILE", "/does/not/exist.pem")],
    );
}

#[tokio::test]
#[ignore = "run by a_machine_without_certificates_is_told_what_to_do"]
async fn without_certificates() {
    let error = Client::new(setup("https://api.github.com", &[])).unwrap_err();
    assert!(matches!(error, Error::NoCertificates { .. }));
    assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}");
}
