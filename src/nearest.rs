//! The name that a person most likely meant.

/// Of `names`, the one that `written` is most likely a slip of; `None` where none is near.
///
/// Near is what takes no more than one edit for every three letters (a swap of neighbours is one edit), or what holds
/// the other as a part. Case, spaces, hyphens and underscores make no difference.
pub(crate) fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(written);
    if wanted.is_empty() {
        return None;
    }
    let near = |name: &'a str| {
        let folded = folded(name);
        let edits = strsim::osa_distance(&wanted, &folded);
        let longest = wanted.chars().count().max(folded.chars().count());
        let shortest = wanted.chars().count().min(folded.chars().count());
        let part = shortest >= 3 && (folded.contains(&wanted) || wanted.contains(&folded));
        (part || 3 * edits <= longest).then_some((edits, name))
    };
    names.into_iter().filter_map(near).min().map(|found| found.1)
}

/// At most so many names are listed in a message.
const LISTED: usize = 10;

/// The names as a list for a message, cut short where they are many.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = if names.len() > LISTED { ", …" } else { "" };
    names.take(LISTED).collect::<Vec<_>>().join(", ") + more
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_told_from_other_words() {
        let topics = ["energy", "environment", "regional-conflict", "trade"];
        let near = |written| nearest(written, topics);
        assert_eq!(near("enrgy"), Some("energy"));
        assert_eq!(near("eenrgy"), Some("energy"));
        assert_eq!(near("Regional Conflict"), Some("regional-conflict"));
        assert_eq!(near("conflict"), Some("regional-conflict"));
        assert_eq!(near("trades"), Some("trade"));
        assert_eq!(near("sport"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(" - "), None);
    }
}
