//! Kinds of fields that no stock message has, and bytes that other writers send.

use vc_cdr::{AtMost, DecodeError, EncodeError, InPlace, Items, Message, Seq, Text};

vc_cdr::message! {
    /// Everything at once.
    #[serde(crate = "vc_cdr::serde")]
    Odd, OddView<'a>: "odd_msgs/msg/Odd", "RIHS01_", "" => {
        /// `bool flag`
        flag: bool => bool,
        /// `float64[] wide`
        wide: Vec<f64> => Seq<'a, f64>,
        /// `string<=3[2] names`
        names: [String; 2] as [Text<3>; 2] => Items<'a, Text<3>>,
        /// `string[<=2] few`
        few: Vec<String> as AtMost<String, 2> => Items<'a, String>,
        /// `int16[3] small`
        small: [i16; 3] => Seq<'a, i16>,
        /// `bool[2] flags`
        flags: [bool; 2] => &'a [bool],
        /// `int8[] tail`
        tail: Vec<i8> => &'a [i8],
    }
}

vc_cdr::in_place! {
    Odd {
        flag: bool,
        [wide: f64]
        names: [Text<3>; 2],
        few: AtMost<String, 2>,
        small: [i16; 3],
        flags: [bool; 2],
        tail: Vec<i8>,
    }
}

fn odd() -> Odd {
    Odd {
        flag: true,
        wide: vec![1.5, -2.5],
        names: ["ab".into(), String::new()],
        few: vec!["x".into()],
        small: [-1, 0, 1],
        flags: [true, false],
        tail: vec![-128, 127],
    }
}

fn encoded(message: &impl Message) -> Vec<u8> {
    let mut bytes = vec![0xAA; message.cdr_size()];
    assert_eq!(message.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

/// A text message, by hand.
fn text(len: u32, rest: &[u8]) -> Vec<u8> {
    [&[0, 1, 0, 0], &len.to_le_bytes()[..], rest].concat()
}

vc_cdr::message! {
    /// A string.
    #[serde(crate = "vc_cdr::serde")]
    Word, WordView<'a>: "odd_msgs/msg/Word", "RIHS01_", "" => {
        /// `string word`
        word: String => &'a str,
    }
}

#[test]
fn every_kind_of_field_comes_back() {
    let bytes = encoded(&odd());

    let view = Odd::view(&bytes).unwrap();

    assert_eq!((view.flag(), view.flags(), view.tail()), (true, &[true, false][..], &[-128, 127][..]));
    assert_eq!(view.wide().iter().rev().map(|wide| wide * 2.0).sum::<f64>().to_bits(), (-2.0_f64).to_bits());
    assert_eq!((view.small().get(0), view.small().get(3)), (Some(-1), None));
    assert_eq!((view.names().len(), view.names().get(1), view.names().get(2)), (2, Some(""), None));
    assert_eq!(Odd::from_view(&view), odd());
    assert_eq!(
        format!("{view:?}"),
        "Odd { flag: true, wide: [1.5, -2.5], names: [\"ab\", \"\"], few: [\"x\"], small: [-1, 0, 1], \
         flags: [true, false], tail: [-128, 127] }"
    );
}

#[test]
fn padding_is_zeroed_and_numbers_stand_at_multiples_of_their_size() {
    let bytes = encoded(&odd());

    assert_eq!(bytes[..12], [0, 1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(bytes[12..20], 1.5_f64.to_le_bytes());
}

#[test]
fn a_bound_inside_an_array_holds() {
    let long = Odd { names: [String::new(), "long".into()], ..odd() };
    let error = long.encode(&mut [0; 256]);
    assert_eq!(error, Err(EncodeError::OverBound { field: "names", len: 4, bound: 3 }));
}

#[test]
fn a_size_nobody_can_have_is_an_answer() {
    let odd = odd();

    assert_eq!(odd.cdr_size_in_place(usize::MAX), usize::MAX);
    let error = odd.encode_in_place(usize::MAX, &mut [0; 64]);
    assert_eq!(error, Err(EncodeError::TooLong { field: "wide", len: usize::MAX }));
    let error = odd.encode_in_place(1 << 31, &mut [0; 64]);
    assert!(matches!(error, Err(EncodeError::TooSmall { room: 64, .. })));
}

#[test]
fn strings_of_other_writers_are_read_or_refused_by_name() {
    assert_eq!(Word::decode(&text(0, b"")).map(|word| word.word), Ok(String::new()));
    assert_eq!(Word::decode(&text(1, b"\0")).map(|word| word.word), Ok(String::new()));
    assert_eq!(Word::decode(&text(2, b"ab")), Err(DecodeError::Unterminated { at: 0 }));
    assert_eq!(Word::decode(&text(2, b"\xff\0")), Err(DecodeError::Utf8 { at: 0 }));
    assert_eq!(Word::decode(&text(9, b"ab\0")), Err(DecodeError::Truncated { at: 4, needed: 9, end: 7 }));
}

#[test]
fn numbers_in_the_other_byte_order_are_read_but_not_borrowed() {
    let mut bytes = vec![0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2];
    bytes.extend(1.5_f64.to_be_bytes());
    bytes.extend((-2.5_f64).to_be_bytes());
    for word in [3_u32, 0x6162_0000, 1, 0, 1, 2] {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend(*b"x\0\xff\xff\0\0\0\x01\x01\0");
    bytes.extend([0, 0, 0, 0, 0, 2, 0x80, 0x7f]);

    let view = Odd::view(&bytes).unwrap();

    assert_eq!(view.wide().as_slice(), None);
    assert_eq!(Odd::from_view(&view), odd());
}
