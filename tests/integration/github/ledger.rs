//! Everything that was asked of the fake.

use serde_json::Value;

/// One request and what became of it.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    /// Without the prefix of an Enterprise server, with the query.
    pub path: String,
    pub authorised: bool,
    pub body: String,
    /// 0 if the connection was closed without an answer.
    pub status: u16,
}

impl Call {
    /// Whether it would change something.
    pub fn writes(&self) -> bool {
        match self.path.as_str() {
            "/graphql" => {
                let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
                body["query"]
                    .as_str()
                    .is_some_and(|query| query.trim_start().starts_with("mutation"))
            }
            _ => self.method != "GET",
        }
    }
}

#[derive(Default)]
pub struct Ledger {
    pub calls: Vec<Call>,
    /// Where a request or a response breaks GitHub's schemas.
    pub violations: Vec<String>,
}
