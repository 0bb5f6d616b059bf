//! Files written so that nothing is lost: whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::{Error, Result};

/// Writes to `path` what `fill` writes: all of it, or nothing. A file that stood there before stays whole until the new one
/// has reached the disk.
pub(crate) fn save(path: &Path, fill: impl FnOnce(&File) -> Result<()>) -> Result<()> {
    let failed = |error| Error::write(path, error);
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        let problem = "this is a folder: name a file in it";
        return Err(failed(std::io::Error::new(std::io::ErrorKind::IsADirectory, problem)));
    }
    let file = tempfile::Builder::new().prefix(".topicwire-").tempfile_in(folder).map_err(failed)?;
    fill(file.as_file()).map_err(|error| match error {
        Error::Write { source, .. } => failed(source),
        other => other,
    })?;
    set_usual_permissions(file.as_file(), path).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    // The new name must reach the disk too. Some file systems cannot sync a folder: the data is safe all the same.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// As [`save`], of bytes that are ready.
pub(crate) fn save_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    save(path, |mut file| file.write_all(bytes).map_err(|error| Error::write(path, error)))
}

/// Gives the file the permissions that the one it replaces had, or those of any new file: temporary files are private.
#[cfg(unix)]
fn set_usual_permissions(file: &File, path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0o644, |about| about.permissions().mode() & 0o777);
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_usual_permissions(_: &File, _: &Path) -> std::io::Result<()> {
    Ok(())
}
