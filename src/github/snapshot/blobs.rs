//! Fetches contents by object id, and checks each against its id.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::github::client::{Client, Error};
use crate::github::repository::Repository;
use crate::snapshot::{Content, ObjectId};

/// Objects in one question.
const BATCH: usize = 50;

/// Bytes in one answer, roughly: GitHub gives up on answers that take long.
const BATCH_BYTES: u64 = 4 << 20;

/// GraphQL cuts texts off after this many bytes.
const MAX_TEXT: u64 = 512 << 10;

/// The largest file that is fetched at all. Policies allow less.
const MAX_FILE: u64 = 32 << 20;

/// A file as GraphQL gives it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Text {
    #[serde(default)]
    pub(super) text: Option<String>,
}

/// A file as the REST API gives it.
#[derive(Deserialize)]
struct Blob {
    content: String,
    encoding: String,
}

#[derive(Deserialize)]
struct Root {
    repository: Option<HashMap<String, Option<Text>>>,
}

/// Fetches objects. Each of them has a content afterwards, if only the reason why there is none.
pub(super) async fn load(
    client: &Client,
    repository: &Repository,
    wanted: BTreeMap<ObjectId, Option<u64>>,
) -> Result<HashMap<ObjectId, Content>, Error> {
    let mut loaded = HashMap::new();
    let mut texts = Vec::new();
    let mut single = Vec::new();
    for (id, size) in wanted {
        match size {
            Some(size) if size > MAX_FILE => {
                loaded.insert(id, Content::TooLarge(size));
            }
            Some(size) if size > MAX_TEXT => single.push(id),
            _ => texts.push((id, size.unwrap_or(0))),
        }
    }
    for batch in batches(&texts) {
        let found = match ask(client, repository, &batch).await {
            Ok(found) => found,
            Err(error) if error.ends_delivery() => return Err(error),
            // Without GraphQL, each file by itself.
            Err(_) => HashMap::new(),
        };
        for id in batch {
            match found.get(&id) {
                Some(bytes) => {
                    loaded.insert(id, Content::Bytes(bytes.clone()));
                }
                // Binary, cut off, or changed by being turned into text.
                None => single.push(id),
            }
        }
    }
    for id in single {
        loaded.insert(id, fetch(client, repository, id).await?);
    }
    Ok(loaded)
}

fn batches(texts: &[(ObjectId, u64)]) -> Vec<Vec<ObjectId>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for (id, size) in texts {
        if batch.len() == BATCH || (!batch.is_empty() && bytes + size > BATCH_BYTES) {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        batch.push(*id);
        bytes += size;
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

/// Asks for many texts at once. What does not come, or not as it is, is left out.
async fn ask(
    client: &Client,
    repository: &Repository,
    ids: &[ObjectId],
) -> Result<HashMap<ObjectId, Arc<[u8]>>, Error> {
    let mut fields = String::new();
    for (index, id) in ids.iter().enumerate() {
        // Writing into a String cannot fail. An object id is hexadecimal digits.
        let _ = writeln!(
            fields,
            "    b{index}: object(oid: \"{id}\") {{ ... on Blob {{ text }} }}"
        );
    }
    let document = format!(
        "query Files($owner: String!, $name: String!) {{\n  repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}"
    );
    let variables: Value = json!({"owner": repository.owner(), "name": repository.name()});
    let answer = client.graphql::<Root>(&document, variables).await?;
    let mut objects = answer
        .data
        .and_then(|root| root.repository)
        .unwrap_or_default();
    let mut found = HashMap::new();
    for (index, id) in ids.iter().enumerate() {
        let object = objects.remove(&format!("b{index}")).flatten();
        if let Some(text) = object.and_then(|object| object.text)
            && ObjectId::of_blob(text.as_bytes()) == Some(*id)
        {
            found.insert(*id, Arc::from(text.into_bytes()));
        }
    }
    Ok(found)
}

/// Fetches one object as it is.
async fn fetch(client: &Client, repository: &Repository, id: ObjectId) -> Result<Content, Error> {
    let path = repository.path(format_args!("git/blobs/{id}"));
    let unreadable = |reason: &str| Ok(Content::Unreadable(reason.to_owned()));
    let blob: Blob = match client.get(&path).await {
        Ok(blob) => blob,
        Err(error) if error.ends_delivery() => return Err(error),
        Err(error) => return unreadable(&error.to_string()),
    };
    let bytes = match blob.encoding.as_str() {
        "base64" => {
            let mut text = blob.content;
            text.retain(|character| !character.is_ascii_whitespace());
            match STANDARD.decode(text) {
                Ok(bytes) => bytes,
                Err(_) => return unreadable("GitHub sent it in a form that cannot be decoded"),
            }
        }
        "utf-8" => blob.content.into_bytes(),
        _ => return unreadable("GitHub sent it in an unknown encoding"),
    };
    if ObjectId::of_blob(&bytes) != Some(id) {
        return unreadable("what GitHub sent is not what its object id stands for");
    }
    Ok(Content::Bytes(bytes.into()))
}
