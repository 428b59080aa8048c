//! What is wrong in a text is said with file, line and reason.
#![expect(clippy::unwrap_used, reason = "a failure is the answer a test wants")]

use std::fs;

use vc_msggen::Build;

/// What the generator says about the package `cell_msgs` with these files. The folder is left out.
fn complaint(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let error = Build::new().package("cell_msgs", folder.path()).generate().unwrap_err();
    error.to_string().replace(&folder.path().display().to_string(), "cell_msgs")
}

fn in_message(text: &str) -> String {
    complaint(&[("Cell.msg", text)])
}

#[test]
fn a_wrong_line_is_shown_with_its_number() {
    assert_eq!(
        in_message("# fine\nuint8 a\nunit8 b\n"),
        "cell_msgs/Cell.msg:3: `unit8 b`: `unit8` is neither a built-in type nor `Type` nor `package/Type`"
    );
    assert_eq!(in_message("uint8"), "cell_msgs/Cell.msg:1: `uint8`: a field has a type and a name");
    assert_eq!(
        in_message("uint8 A=300"),
        "cell_msgs/Cell.msg:1: `uint8 A=300`: `300` is not a value of `u8`"
    );
    assert_eq!(
        in_message("int8[2] a [1]"),
        "cell_msgs/Cell.msg:1: `int8[2] a [1]`: 1 values do not fit the type"
    );
    assert_eq!(in_message("int8 a\nint8 a"), "cell_msgs/Cell.msg:2: `int8 a`: `a` is already taken");
    assert_eq!(in_message("int8[3 a"), "cell_msgs/Cell.msg:1: `int8[3 a`: `[` without `]`");
    assert_eq!(
        in_message("int8[0] a"),
        "cell_msgs/Cell.msg:1: `int8[0] a`: a length or bound of 0 leaves nothing to send"
    );
    assert_eq!(
        in_message("int8 a-b"),
        "cell_msgs/Cell.msg:1: `int8 a-b`: `-b` follows the name without a blank"
    );
}

#[test]
fn wide_strings_are_refused_with_a_reason() {
    assert_eq!(
        in_message("wstring<=4[] name"),
        "cell_msgs/Cell.msg:1: `wstring<=4[] name`: wstring is not supported: implementations disagree on its bytes; \
         use string"
    );
}

#[test]
fn a_line_in_the_second_section_keeps_its_number() {
    assert_eq!(
        complaint(&[("Ask.srv", "uint8 a\n---\nuint8 b\nbad c\n")]),
        "cell_msgs/Ask.srv:4: `bad c`: `bad` is neither a built-in type nor `Type` nor `package/Type`"
    );
    assert_eq!(
        complaint(&[("Ask.srv", "uint8 a\n")]),
        "cell_msgs/Ask.srv: found 1 parts between `---` lines, need 2"
    );
}

#[test]
fn types_nobody_defines_and_types_inside_themselves_are_named() {
    assert_eq!(
        in_message("geometry_msgs/Pont at"),
        "`cell_msgs/msg/Cell` uses `geometry_msgs/msg/Pont`, which no known package defines"
    );
    assert_eq!(
        complaint(&[("Egg.msg", "Hen[] hens"), ("Hen.msg", "Egg[] eggs")]),
        "`cell_msgs/msg/Egg` contains itself"
    );
}

#[test]
fn names_and_folders_are_checked() {
    assert_eq!(complaint(&[]), "`cell_msgs` holds no .msg, .srv or .action file");
    assert_eq!(complaint(&[("cell.msg", "")]), "`cell` is not a valid name for a package or type");
    let error = Build::new().package("Cell-Msgs", ".").generate().unwrap_err();
    assert_eq!(error.to_string(), "`Cell-Msgs` is not a valid name for a package or type");
    let error = Build::new().package("cell_msgs", "no/such/folder").generate().unwrap_err();
    assert_eq!(error.to_string(), "cannot read `no/such/folder`");
}

#[test]
fn a_message_without_a_number_sequence_cannot_be_asked_to_be_in_place() {
    let error = Build::stock().in_place_only(["std_msgs/msg/String"]).generate().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`std_msgs/msg/String` cannot be written in place: it is not being generated or has no unbounded number sequence"
    );
}

#[test]
fn another_crates_package_is_referred_to_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let (arm, cell) = (folder.path().join("arm"), folder.path().join("cell"));
    fs::create_dir_all(&arm).unwrap();
    fs::create_dir_all(cell.join("msg")).unwrap();
    fs::write(arm.join("Arm.msg"), "float64 reach\n").unwrap();
    fs::write(cell.join("msg/Cell.msg"), "arm_msgs/Arm[] arms\nstd_msgs/Header header\n").unwrap();

    let build = Build::new().depends_on("arm_msgs", &arm, "::arm").package("cell_msgs", &cell);
    let generated = build.generate().unwrap();

    let names: Vec<_> = generated.files().map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(names, ["cell_msgs/msg/Cell.txt", "cell_msgs.rs", "every_type.rs", "messages.rs"]);
    let text = generated.files().find(|(path, _)| path.ends_with("cell_msgs.rs")).unwrap().1;
    assert!(
        text.contains(
            "arms: ::std::vec::Vec<::arm::arm_msgs::msg::Arm> => ::vc_msgs::cdr::Items<'a, ::arm::"
        )
    );
    assert!(
        text.contains("header: ::vc_msgs::std_msgs::msg::Header => ::vc_msgs::std_msgs::msg::HeaderView<'a>")
    );
}
