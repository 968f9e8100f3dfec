//! What a command sends, and to whom.

/// The host of an address, in lower case and without user and port; nothing where the text is no address or the
/// host is not written out.
pub(crate) fn host(text: &str) -> Option<String> {
    let rest = ["https://", "http://", "wss://", "ws://", "ftp://"]
        .iter()
        .find_map(|scheme| text.trim().strip_prefix(scheme))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = if let Some(rest) = host.strip_prefix('[') {
        rest.split(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    let is_written = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
    is_written.then(|| host.to_ascii_lowercase())
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || host == "0.0.0.0"
        || host == "host.docker.internal"
        || (host.starts_with("127.") && host.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Options of `curl` and `wget` that send something, and whether their value is what is sent.
pub(super) const BODY: &[&str] = &[
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-ascii",
    "--data-urlencode",
    "-F",
    "--form",
    "--form-string",
    "-T",
    "--upload-file",
    "--json",
    "--post-data",
    "--post-file",
    "--body-data",
    "--body-file",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_written() {
        assert_eq!(
            host("https://u:p@A.Example:8443/x?y").as_deref(),
            Some("a.example")
        );
        assert_eq!(host("http://[::1]:80/").as_deref(), Some("::1"));
        assert_eq!(host("https://$HOST/x"), None);
        assert_eq!(host("a.example"), None);
        assert!(
            is_loopback("127.0.0.1")
                && is_loopback("localhost")
                && !is_loopback("127.evil.example")
        );
    }
}
