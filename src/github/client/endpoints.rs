//! Where GitHub is: github.com, an enterprise server, or ghe.com.

use http::Uri;
use http::uri::{Authority, Scheme};

/// The addresses of one GitHub.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoints {
    /// `GITHUB_API_URL`: `https://api.github.com`, `https://HOST/api/v3`, `https://api.SUB.ghe.com`.
    pub api: Endpoint,
    /// `GITHUB_GRAPHQL_URL`: `https://api.github.com/graphql`, `https://HOST/api/graphql`.
    pub graphql: Endpoint,
    /// `GITHUB_SERVER_URL`: for links.
    pub server: Endpoint,
}

/// One address: scheme, host, and a path without a slash at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

/// An address that cannot be used. It does not repeat a user name or password in it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{name} is not an address of the form https://HOST/PATH")]
pub struct EndpointsError {
    name: &'static str,
}

impl Endpoints {
    /// The addresses that the environment names. What it does not name follows from what it does, else github.com.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EndpointsError> {
        let get = |name: &'static str| -> Result<Option<Endpoint>, EndpointsError> {
            match lookup(name).filter(|value| !value.trim().is_empty()) {
                Some(value) => Endpoint::parse(&value)
                    .map(Some)
                    .ok_or(EndpointsError { name }),
                None => Ok(None),
            }
        };
        let api = get("GITHUB_API_URL")?.unwrap_or_else(|| Endpoint::https("api.github.com"));
        let graphql = get("GITHUB_GRAPHQL_URL")?.unwrap_or_else(|| {
            let prefix = api.path.strip_suffix("/v3").unwrap_or(&api.path);
            Endpoint {
                path: format!("{prefix}/graphql"),
                ..api.clone()
            }
        });
        let server = get("GITHUB_SERVER_URL")?.unwrap_or_else(|| {
            if api.authority == "api.github.com" {
                return Endpoint::https("github.com");
            }
            let host = api.authority.as_str();
            let host = match host.strip_prefix("api.") {
                Some(rest) if rest.ends_with(".ghe.com") => rest,
                _ => host,
            };
            Endpoint {
                scheme: api.scheme.clone(),
                authority: host.parse().unwrap_or_else(|_| api.authority.clone()),
                path: String::new(),
            }
        });
        Ok(Self {
            api,
            graphql,
            server,
        })
    }
}

impl Endpoint {
    /// An address from its text. A slash at the end says nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.trim().parse().ok()?;
        let parts = uri.into_parts();
        let scheme = parts
            .scheme
            .filter(|scheme| *scheme == Scheme::HTTPS || *scheme == Scheme::HTTP)?;
        let authority = parts.authority?;
        let path = parts.path_and_query?;
        if authority.as_str().contains('@') || path.query().is_some() {
            return None;
        }
        Some(Self {
            scheme,
            authority,
            path: path.path().trim_end_matches('/').to_owned(),
        })
    }

    fn https(host: &'static str) -> Self {
        Self {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static(host),
            path: String::new(),
        }
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The path under which everything of this address lies; empty for the root.
    pub(super) fn prefix(&self) -> &str {
        &self.path
    }

    pub(super) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }
}

impl std::fmt::Display for Endpoint {
    /// The address without a slash at its end.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<[String; 3], EndpointsError> {
        let endpoints = Endpoints::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })?;
        Ok([endpoints.api, endpoints.graphql, endpoints.server]
            .map(|endpoint| endpoint.to_string()))
    }

    #[test]
    fn without_settings_it_is_github_com() {
        let expected = [
            "https://api.github.com",
            "https://api.github.com/graphql",
            "https://github.com",
        ];
        assert_eq!(read(&[]).unwrap(), expected);
        assert_eq!(
            read(&[("GITHUB_API_URL", "https://api.github.com/")]).unwrap(),
            expected
        );
    }

    #[test]
    fn an_enterprise_server_has_its_graphql_beside_v3() {
        let expected = [
            "https://git.acme.example:8443/api/v3",
            "https://git.acme.example:8443/api/graphql",
            "https://git.acme.example:8443",
        ];
        for slash in ["", "/"] {
            let api = format!("https://git.acme.example:8443/api/v3{slash}");
            assert_eq!(read(&[("GITHUB_API_URL", &api)]).unwrap(), expected);
        }
    }

    #[test]
    fn ghe_com_has_its_api_on_a_host_of_its_own() {
        assert_eq!(
            read(&[("GITHUB_API_URL", "https://api.acme.ghe.com")]).unwrap(),
            [
                "https://api.acme.ghe.com",
                "https://api.acme.ghe.com/graphql",
                "https://acme.ghe.com"
            ]
        );
    }

    #[test]
    fn what_the_environment_names_counts() {
        let all = [
            ("GITHUB_API_URL", "http://127.0.0.1:1/a"),
            ("GITHUB_GRAPHQL_URL", "http://127.0.0.1:2/b/"),
            ("GITHUB_SERVER_URL", "http://127.0.0.1:3"),
        ];
        let expected = [
            "http://127.0.0.1:1/a",
            "http://127.0.0.1:2/b",
            "http://127.0.0.1:3",
        ];
        assert_eq!(read(&all).unwrap(), expected);
    }

    #[test]
    fn a_wrong_address_is_named_and_not_repeated() {
        for wrong in [
            "api.github.com",
            "ftp://x",
            "https://",
            "https://user:secret@x/",
        ] {
            let error = read(&[("GITHUB_API_URL", wrong)]).unwrap_err().to_string();
            assert!(error.starts_with("GITHUB_API_URL is not"), "{error}");
            assert!(!error.contains("secret"));
        }
    }
}
