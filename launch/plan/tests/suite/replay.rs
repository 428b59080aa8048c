//! Every text of the fuzz targets' corpus, once more: none of them may do harm again.

use std::path::Path;

#[path = "../../../fuzz/inputs.rs"]
#[expect(clippy::expect_used, reason = "what cannot be prepared cannot be tested")]
mod inputs;

/// Gives a target all of its texts.
fn replay(target: &str, take: fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        // What is no text is not read either.
        if let Ok(text) = std::fs::read_to_string(entry.unwrap().path()) {
            take(&text);
            count += 1;
        }
    }
    assert!(count >= 15, "only {count} texts of {target}");
}

#[test]
fn every_text_of_the_corpus_has_an_answer() {
    replay("yaml", inputs::yaml);
    replay("xml", inputs::xml);
    replay("expression", inputs::expression);
    replay("parameters", inputs::parameters);
    replay("project", inputs::project);
}
