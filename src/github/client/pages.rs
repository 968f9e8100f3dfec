//! Listings page by page.
//!
//! The link to the next page is opaque, and its host is not believed: only its path and query are used, on the server
//! of our own settings, so that the token goes with every page and to nobody else (`facts/github-delivery.md`, fact 7).

use std::collections::HashSet;
use std::ops::ControlFlow;

use http::header::LINK;
use http::{Method, Uri};
use serde::de::DeserializeOwned;

use super::exchange::Call;
use super::{Client, Error, Nature};

/// How a listing ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageEnd {
    /// With its last page.
    Complete,
    /// Because the visitor had seen enough.
    Enough,
    /// With pages left: there were more than a listing may have, or their links led in a circle.
    Cut,
}

impl Client {
    /// Reads a listing page by page until it ends or `visit` has seen enough. `path` should have `per_page=100`.
    pub async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        mut visit: impl FnMut(Vec<T>) -> ControlFlow<()>,
    ) -> Result<PageEnd, Error> {
        let prefix = self.endpoints.api.prefix();
        let mut target = format!("{prefix}{path}");
        let mut seen = HashSet::new();
        for _ in 0..self.limits.pages {
            if !seen.insert(target.clone()) {
                return Ok(PageEnd::Cut);
            }
            let call = Call::rest_from_root(self, Method::GET, target.clone(), None, Nature::Read);
            let reply = self.exchange(call).await?;
            let items: Vec<T> = self.parse(path, &reply.body)?;
            let count = items.len();
            if visit(items).is_break() {
                return Ok(PageEnd::Enough);
            }
            let links: Vec<&str> = reply
                .headers
                .get_all(LINK)
                .iter()
                .filter_map(|link| link.to_str().ok())
                .collect();
            let next = if links.is_empty() {
                // Something on the way may drop the header: a full page could have a successor.
                is_full(path, count).then(|| following(&target)).flatten()
            } else {
                links.iter().find_map(|link| next(link))
            };
            match next {
                Some(next) => target = next,
                None => return Ok(PageEnd::Complete),
            }
        }
        Ok(PageEnd::Cut)
    }
}

/// The path and query of the next page in a `Link` header.
fn next(header: &str) -> Option<String> {
    let mut rest = header;
    // `<url>; rel="next", <url>; rel="last"`: a URL may hold commas and semicolons.
    while let Some(start) = rest.find('<') {
        let after = rest.get(start + 1..)?;
        let end = after.find('>')?;
        let url = after.get(..end)?;
        rest = after.get(end + 1..)?;
        let parameters = rest.get(..rest.find('<').unwrap_or(rest.len()))?;
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let parameter = parameter.trim().replace('"', "");
            parameter
                .strip_prefix("rel=")
                .is_some_and(|relations| relations.split(' ').any(|relation| relation == "next"))
        });
        if is_next {
            return target(&url.parse().ok()?);
        }
    }
    None
}

/// The path and query of an address.
pub(super) fn target(uri: &Uri) -> Option<String> {
    let target = uri.path_and_query()?.as_str();
    target.starts_with('/').then(|| target.to_owned())
}

/// The value of a parameter in a query.
fn parameter<'t>(target: &'t str, name: &str) -> Option<&'t str> {
    let (_, query) = target.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn is_full(path: &str, count: usize) -> bool {
    let per_page = parameter(path, "per_page").and_then(|number| number.parse().ok());
    count > 0 && count >= per_page.unwrap_or(30)
}

/// The page after this one, where pages are counted.
fn following(target: &str) -> Option<String> {
    match parameter(target, "page") {
        Some(page) => {
            let number: u32 = page.parse().ok()?;
            let (path, query) = target.split_once('?')?;
            let old = format!("page={page}");
            let pairs = query.split('&').map(|pair| {
                if pair == old {
                    format!("page={}", number.saturating_add(1))
                } else {
                    pair.to_owned()
                }
            });
            Some(format!("{path}?{}", pairs.collect::<Vec<_>>().join("&")))
        }
        None => {
            let separator = if target.contains('?') { '&' } else { '?' };
            Some(format!("{target}{separator}page=2"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_header_can_be_a_link(header in "[<>;,\"a-z:/=? ]{0,40}", page in any::<u32>()) {
            if let Some(target) = next(&header) {
                prop_assert!(target.starts_with('/'));
            }
            let _ = following(&format!("/a?page={page}&b"));
        }
    }

    #[test]
    fn the_next_page_is_a_path_and_a_query_whatever_the_host() {
        let header = r#"<https://evil.example/api/v3/r?page=3&after=a,b;c>; rel="next", <https://x/last>; rel="last""#;
        assert_eq!(
            next(header).as_deref(),
            Some("/api/v3/r?page=3&after=a,b;c")
        );
        let prev = r#"<https://x/1>; rel="prev", <https://x/2>; rel="first""#;
        assert_eq!(next(prev), None);
        assert_eq!(next(r#"<https://x/2?a>;rel=next"#).as_deref(), Some("/2?a"));
        for broken in ["", "<", "<>", "<x; rel=\"next\"", "<http://>; rel=\"next\""] {
            assert_eq!(next(broken), None, "{broken}");
        }
    }

    #[test]
    fn pages_are_counted_on_where_links_are_missing() {
        assert_eq!(
            following("/a?per_page=100").as_deref(),
            Some("/a?per_page=100&page=2")
        );
        assert_eq!(
            following("/a?page=2&per_page=9").as_deref(),
            Some("/a?page=3&per_page=9")
        );
        assert_eq!(following("/a").as_deref(), Some("/a?page=2"));
        assert!(is_full("/a?per_page=100", 100));
        assert!(!is_full("/a?per_page=100", 99));
        assert!(!is_full("/a?per_page=0", 0));
    }
}
