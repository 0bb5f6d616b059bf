//! A file that a command is asked to write.

use std::path::Path;

use super::Usage;

/// Says before the work, not after it, that `path`, which `flag` names, could not be written.
pub fn check(flag: &str, path: &Path) -> Result<(), Usage> {
    let shown = path.display();
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => {
            Err(Usage(format!("{flag} {shown}: there is no folder {}: make it first", folder.display())))
        }
        _ if path.is_dir() => Err(Usage(format!("{flag} {shown}: this is a folder: name a file"))),
        _ => Ok(()),
    }
}
