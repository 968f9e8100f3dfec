//! Pages and redirections.

use std::ops::ControlFlow;

use super::server::{ok, with};
use super::*;

async fn list(rig: &Rig, path: &str) -> (Result<PageEnd, Error>, Vec<u32>) {
    let mut all = Vec::new();
    let end = rig
        .client
        .pages(path, |mut page: Vec<u32>| {
            all.append(&mut page);
            ControlFlow::Continue(())
        })
        .await;
    (end, all)
}

/// A listing of as many pages, linked by opaque cursors on a host that is not ours.
fn linked(pages: usize) -> Server {
    Server::start(move |seen, number| {
        let at = seen
            .target
            .split_once("cursor=")
            .map_or(0, |(_, at)| at.parse().unwrap());
        assert_eq!(at, number);
        let links = if at + 1 < pages {
            format!(
                r#"<https://elsewhere.example/api/v3/opaque?cursor={}>; rel="next""#,
                at + 1
            )
        } else {
            r#"<https://elsewhere.example/api/v3/opaque>; rel="first""#.to_owned()
        };
        with(200, &[("link", &links)], &format!("[{at}]"))
    })
}

/// 27.
#[tokio::test]
async fn every_page_comes_from_our_server_with_the_token() {
    for count in [1, 2, 31] {
        let server = linked(count);
        let rig = Rig::new(&server);
        let (end, all) = list(&rig, "/repos/acme/web/pulls/7/files?per_page=100").await;
        assert_eq!(end, Ok(PageEnd::Complete));
        assert_eq!(all.len(), count);
        let seen = server.seen();
        assert_eq!(seen.len(), count);
        let token = format!("Bearer {TOKEN}");
        assert!(
            seen.iter()
                .all(|seen| seen.header("authorization") == Some(&token))
        );
        if count > 1 {
            assert_eq!(seen[1].target, "/api/v3/opaque?cursor=1");
        }
    }
}

/// 27.
#[tokio::test]
async fn a_circle_of_links_is_left() {
    let link = r#"<https://x/api/v3/list?page=2>; rel="next""#;
    let server = Server::script([with(200, &[("link", link)], "[1]")]);
    let (end, all) = list(&Rig::new(&server), "/list").await;
    assert_eq!(end, Ok(PageEnd::Cut));
    assert_eq!(all, [1, 1]);
}

/// 27.
#[tokio::test]
async fn a_full_page_without_links_is_followed_by_number() {
    let server = Server::script([ok("[1,2]"), ok("[3]")]);
    let (end, all) = list(&Rig::new(&server), "/list?per_page=2").await;
    assert_eq!(end, Ok(PageEnd::Complete));
    assert_eq!(all, [1, 2, 3]);
    assert_eq!(server.seen()[1].target, "/api/v3/list?per_page=2&page=2");
}

/// 28.
#[tokio::test]
async fn a_listing_that_is_cut_says_so() {
    let limits = Limits {
        pages: 3,
        ..Limits::default()
    };
    let server = linked(10);
    let (end, all) = list(&Rig::with(&server, limits), "/list").await;
    assert_eq!(end, Ok(PageEnd::Cut));
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn a_visitor_that_has_seen_enough_ends_the_listing() {
    let server = linked(10);
    let rig = Rig::new(&server);
    let end = rig
        .client
        .pages("/list", |_: Vec<u32>| ControlFlow::Break(()))
        .await;
    assert_eq!(end, Ok(PageEnd::Enough));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_moved_repository_is_followed_on_our_server_only() {
    let server = Server::start(|seen, _| match seen.target.as_str() {
        "/api/v3/repos/acme/web" => with(301, &[("location", "/api/v3/repositories/1")], "{}"),
        _ => ok("7"),
    });
    assert_eq!(get(&Rig::new(&server)).await.unwrap(), json!(7));

    let server = Server::script([with(301, &[("location", "https://evil.example/x")], "{}")]);
    let error = get(&Rig::new(&server)).await.unwrap_err();
    assert!(matches!(error, Error::Answer { status: 301, .. }));

    let circle = Server::script([with(302, &[("location", "/api/v3/repos/acme/web")], "{}")]);
    let error = get(&Rig::new(&circle)).await.unwrap_err();
    assert!(matches!(error, Error::Answer { status: 302, .. }));
    assert_eq!(circle.seen().len(), 4);
}
