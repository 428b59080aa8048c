//! Texts meant to hurt: each is answered, none crashes, none takes long.

use proptest::prelude::*;

use crate::fake::{Place, read};

fn answer(text: &str) -> String {
    match read(text) {
        Ok(checked) => format!("a plan of {} nodes", checked.plan.nodes.len()),
        Err(report) => report.to_string(),
    }
}

#[test]
fn deep_nesting_is_answered() {
    let list = format!("launch: {}", "[".repeat(100_000));
    let groups = format!("launch: [{}", "{group: [".repeat(200));
    let params = format!("launch: [{{node: {{exec: camera, param: [{}", "{name: a, param: [".repeat(200));

    for text in [list, groups, params] {
        let answer = answer(&text);
        assert!(answer.starts_with("error: not valid YAML"), "{answer}");
    }
}

fn xml_answer(text: &str) -> String {
    match Place::new().read_xml(text) {
        Ok(checked) => format!("a plan of {} nodes", checked.plan.nodes.len()),
        Err(report) => report.to_string(),
    }
}

#[test]
fn deep_nesting_in_xml_is_answered() {
    for depth in [200, 900, 100_000] {
        let text = format!("<launch>{}{}</launch>", "<group>".repeat(depth), "</group>".repeat(depth));
        let answer = xml_answer(&text);
        assert!(answer.starts_with("error: "), "{answer}");
        assert!(
            xml_answer(&format!("<launch>{}", "<group>".repeat(depth))).starts_with("error: not valid XML")
        );
    }
}

#[test]
fn much_in_xml_is_answered() {
    let attributes: String = (0..50_000).fold(String::new(), |all, n| all + &format!(" a{n}='x'"));
    let answer = xml_answer(&format!("<launch><node{attributes}/></launch>"));
    assert!(answer.starts_with("error: this element has more than 200 attributes"), "{answer}");
    let elements = "<let name='a' value='b'/>".repeat(150_000);
    assert!(xml_answer(&format!("<launch>{elements}</launch>")).starts_with("a plan of 0 nodes"));
    let elements = "<a/>".repeat(300_000);
    assert!(xml_answer(&format!("<launch>{elements}</launch>")).contains("more than 200000 elements"));
}

#[test]
fn loops_and_files_within_one_another_have_an_end() {
    let place = Place::new();
    // 60 groups in each of three files, one within the other.
    for (name, next) in [("a", "b"), ("b", "c"), ("c", "")] {
        let inner = if next.is_empty() { String::new() } else { format!("{{include: {next}.launch.yaml}}") };
        let text = format!("launch: [{}{inner}{}]", "{group: [".repeat(28), "]}".repeat(28));
        place.file(&format!("{name}.launch.yaml"), &text);
    }
    let text = format!("launch: [{}{{include: a.launch.yaml}}{}]", "{group: [".repeat(28), "]}".repeat(28));
    let answer = place.read(&text, &[]).map_err(|report| report.to_string());
    assert!(answer.is_ok(), "112 levels are fine: {answer:?}");
    for n in 0..3 {
        let text = format!(
            "launch: [{}{{include: x{}.launch.yaml}}{}]",
            "{group: [".repeat(28),
            n + 1,
            "]}".repeat(28)
        );
        place.file(&format!("x{n}.launch.yaml"), &text);
    }
    place.file("x3.launch.yaml", &text);
    let answer = place.read("launch: [{include: x0.launch.yaml}]", &[]).unwrap_err().to_string();
    assert!(
        answer.starts_with("error: groups, loops and includes are nested more than 128 deep"),
        "{answer}"
    );
}

#[test]
fn values_that_double_are_answered() {
    let mut text = String::from("launch:\n  - let: {name: a, value: xxxxxxxxxxxxxxxx}\n");
    for _ in 0..60 {
        text.push_str("  - let: {name: a, value: $(var a)$(var a)}\n");
    }
    assert!(answer(&text).contains("longer than 1 MiB"));
}

#[test]
fn much_of_everything_is_answered() {
    let mut text = String::from("launch:\n  - let: {name: a, value: 'x'}\n");
    for _ in 0..18 {
        text.push_str("  - let: {name: a, value: $(var a)$(var a)}\n");
    }
    for _ in 0..1000 {
        text.push_str("  - set_env: {name: b, value: $(var a)}\n");
    }
    assert!(answer(&text).contains("more than 64 MiB"));
}

#[test]
fn too_many_nodes_are_answered() {
    let text = format!("launch:\n{}", "  - node: {exec: talker}\n".repeat(10_001));
    assert!(answer(&text).contains("more than 10000 nodes"));
}

#[test]
fn too_many_wires_are_answered() {
    let nodes = |exec: &str| {
        let lines: Vec<String> =
            (0..400).map(|n| format!("  - node: {{exec: {exec}, name: {exec}{n}}}")).collect();
        lines.join("\n") + "\n"
    };
    let text = format!("launch:\n{}{}", nodes("camera"), nodes("screen"));
    assert!(answer(&text).contains("more than 100000 wires"));
}

#[test]
fn many_mistakes_are_cut_short() {
    let text = format!("launch:\n{}", "  - nod: {}\n".repeat(5000));
    assert!(answer(&text).ends_with("and 4800 more"));
}

#[test]
fn a_large_file_is_refused() {
    assert!(answer(&" ".repeat((4 << 20) + 1)).contains("larger than 4 MiB"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let place = Place::new();
    let file = place.file("bytes.launch.yaml", "");
    std::fs::write(&file, [0xff, 0xfe, 0, 1]).unwrap();

    let report = vc_plan::read(&file, &place.options(&[]), &crate::fake::Fake).unwrap_err();

    assert!(report.to_string().contains("not UTF-8"));
}

/// A camera and a chain of detectors behind it.
fn chain(nodes: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("launch:\n  - node: {exec: camera, name: n0}\n");
    for n in 1..nodes {
        let _ = writeln!(
            text,
            "  - node: {{exec: edge_detector, name: n{n}, param: [{{name: lower, value: 9}}]}}"
        );
        let from = if n == 1 { "image" } else { "edges" };
        let _ = writeln!(text, "  - wire: {{from: n{}/{from}, to: n{n}/image}}", n - 1);
    }
    text
}

/// The times are printed, not asserted: machines differ.
#[test]
fn large_circuits_are_planned_and_drawn() {
    for nodes in [200, 5000] {
        let (place, text) = (Place::new(), chain(nodes));

        let started = std::time::Instant::now();
        let checked = place.read(&text, &[]).unwrap();
        let read = started.elapsed();
        let drawing = vc_plan::graph::svg(&checked.plan);
        println!("{nodes} nodes in a chain: read in {read:?}, read and drawn in {:?}", started.elapsed());

        assert_eq!((checked.plan.nodes.len(), checked.plan.wires.len()), (nodes, nodes - 1));
        assert!(drawing.len() > 10_000);
    }
}

const WORDS: &[&str] = &[
    "launch:",
    "\n",
    "  - ",
    "    ",
    "node:",
    "{exec: camera}",
    "name: ",
    "value: ",
    "$(var ",
    "$(eval ",
    ")",
    "'",
    "\"",
    "arg:",
    "group:",
    "wire:",
    "from: camera/image",
    "to: ",
    "param:",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "1",
    "if: ",
    "x",
    ":",
    "\\",
    "#",
    "&a",
    "*a",
];

const ELEMENTS: &[&str] = &[
    "<launch>",
    "</launch>",
    "<node exec='camera'",
    "<group>",
    "</group>",
    "<param name='width' value='",
    "<wire from='camera/image' to='",
    "<for len='2' name='i'>",
    "</for>",
    "to-sep=','",
    "'/>",
    "/>",
    ">",
    "$(var ",
    "$(index i)",
    ")",
    "'",
    "&amp;",
    "&#0;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    " ",
    "x",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "\\PC{0,200}|[ -~\n]{0,200}") {
        let _ = answer(&text);
    }

    #[test]
    fn no_mix_of_our_words_panics(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60)) {
        let _ = answer(&words.concat());
        let _ = answer(&format!("launch:\n  - node: {{exec: camera, {}", words.concat()));
    }

    #[test]
    fn no_mix_of_our_elements_panics(words in proptest::collection::vec(proptest::sample::select(ELEMENTS), 0..60)) {
        let _ = xml_answer(&words.concat());
        let _ = xml_answer(&format!("<launch><node exec='camera'>{}", words.concat()));
    }

    #[test]
    fn no_broken_example_panics(at in 0_usize..3000, with in "\\PC{0,3}", cut in 0_usize..20) {
        let text: Vec<char> = include_str!("../../../examples/edges.launch.yaml").chars().collect();
        let at = at.min(text.len());
        let rest = (at + cut).min(text.len());
        let broken: String = text[..at].iter().copied().chain(with.chars()).chain(text[rest..].iter().copied()).collect();
        let _ = answer(&broken);
    }
}
