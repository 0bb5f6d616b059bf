//! Whatever is in a file: articles or errors, in every format that is read from one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topicwire::corpus::{Corpus, Format, OnError, ReadOptions, Unlabelled};

const FORMATS: [Format; 8] = [
    Format::Jsonl,
    Format::Csv,
    Format::Tsv,
    Format::Fasttext,
    Format::Reuters21578,
    Format::Txt,
    Format::Md,
    Format::Html,
];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(file) = tempfile::NamedTempFile::new() else { return };
    if std::fs::write(file.path(), rest).is_err() {
        return;
    }
    let options = ReadOptions {
        format: Some(FORMATS[usize::from(*first) % FORMATS.len()]),
        on_error: OnError::Skip,
        unlabelled: Unlabelled::Keep,
        threads: 1,
        ..ReadOptions::default()
    };
    let _ = Corpus::read_all(&[file.path().to_owned()], &options);
});
