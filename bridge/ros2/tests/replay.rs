//! All of the fuzz targets' corpus, once more: none of it may do harm again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

#[path = "../../fuzz/inputs.rs"]
mod inputs;

/// What a target's corpus holds.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn all_of_the_corpus_has_an_answer() {
    let (texts, attachments) = (corpus("graph"), corpus("attachment"));
    assert!(texts.len() >= 15 && attachments.len() >= 5, "{} and {}", texts.len(), attachments.len());
    // What is no text is not read either.
    texts.iter().filter_map(|bytes| std::str::from_utf8(bytes).ok()).for_each(inputs::graph);
    for bytes in &attachments {
        inputs::attachment(bytes);
    }
}
