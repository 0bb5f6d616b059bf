//! API keys: who may call, and for what. Files hold their hashes only.

use std::path::Path;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, Place, Result};

/// What the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ask for topics and look at models.
    Read,
    /// That, and give, see and remove corrections.
    Feedback,
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "read" => Ok(Role::Read),
            "feedback" => Ok(Role::Feedback),
            other => Err(format!("there is no role `{other}`: write `read` or `feedback`")),
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Role::Read => "read",
            Role::Feedback => "feedback",
        })
    }
}

/// A key's hash, its role, and the name under which the log speaks of it.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// The name.
    pub name: String,
    /// What its holder may do.
    pub role: Role,
    /// SHA-256 of the key. Keys are random and long, so that a slow hash would gain nothing.
    hash: [u8; 32],
}

impl ApiKey {
    /// The line of a key file: name, role, hash.
    pub fn line(&self) -> String {
        let hash: String = self.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} {} {hash}", self.name, self.role)
    }
}

/// A new random key with the role `role`: the key itself, which is shown once, and what a key file keeps of it.
pub fn make_key(name: &str, role: Role) -> (String, ApiKey) {
    let bytes: [u8; 24] = rand::random();
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = format!("tw_{key}");
    let hash = hash_of(&key);
    (key, ApiKey { name: name.to_owned(), role, hash })
}

/// The keys in the file at `path`: a line to a key with name, role (`read` or `feedback`) and the SHA-256 of the key in hex;
/// blank lines and lines that begin with `#` count for nothing.
///
/// # Errors
///
/// [`Error::Read`] where the file cannot be read, [`Error::Record`] where a line is not of that form.
pub fn read_keys(path: &Path) -> Result<Vec<ApiKey>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::read(path, error))?;
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let keys: Vec<ApiKey> = lines
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| {
            parse(line).map_err(|problem| Error::Record {
                place: Place { file: path.to_owned(), line: number },
                problem,
            })
        })
        .collect::<Result<_>>()?;
    if keys.is_empty() {
        let place = Place { file: path.to_owned(), line: 0 };
        let problem = "the file has no key: make one with `topicwire serve --make-key read`".to_owned();
        return Err(Error::Record { place, problem });
    }
    Ok(keys)
}

fn parse(line: &str) -> Result<ApiKey, String> {
    let mut words = line.split_whitespace();
    let (Some(name), Some(role), Some(hash), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(
            "a line is a name, a role and a hash: make one with `topicwire serve --make-key read`".into()
        );
    };
    let role = role.parse()?;
    let bytes: Option<Vec<u8>> = (0..hash.len())
        .step_by(2)
        .map(|at| hash.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    let hash = bytes.and_then(|bytes| bytes.try_into().ok());
    let hash = hash.ok_or("the hash is not a SHA-256 in hex (64 digits)")?;
    Ok(ApiKey { name: name.to_owned(), role, hash })
}

fn hash_of(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The key of `keys` that `offered` is. Takes the same time wherever they differ, and looks at all of them.
pub(super) fn find<'a>(keys: &'a [ApiKey], offered: &str) -> Option<&'a ApiKey> {
    let hash = hash_of(offered);
    let mut found = None;
    for key in keys {
        if bool::from(key.hash.ct_eq(&hash)) {
            found = Some(key);
        }
    }
    found
}
