//! What travels beside each sample, query and reply.

use crate::gid::Gid;

/// A sender's count, its time, and who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// The sender's own count. A publisher's begins at 1 (one peer's at 0) and rises by 1: a gap is a loss.
    pub sequence: i64,
    /// When the data were taken, in nanoseconds since the Unix epoch.
    pub source_time_ns: i64,
    /// Who sent it. In a reply: who asked.
    pub gid: Gid,
}

/// The length of the form that is sent.
pub const LEN: usize = 33;
/// The length of the form that was sent before 2025: each value behind its field's name.
pub const LEGACY_LEN: usize = 77;

/// The length of a gid, as it stands in front of it.
const GID_LEN: u8 = 16;

impl Attachment {
    /// The bytes to send.
    pub fn encode(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        bytes[..8].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.source_time_ns.to_le_bytes());
        bytes[16] = GID_LEN;
        bytes[17..].copy_from_slice(&self.gid.0);
        bytes
    }

    /// Reads either form; `None` if the bytes are neither.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            LEN => Self::fields(bytes, ["", "", ""]),
            LEGACY_LEN => Self::fields(bytes, ["sequence_number", "source_timestamp", "source_gid"]),
            _ => None,
        }
    }

    fn fields(mut bytes: &[u8], names: [&str; 3]) -> Option<Self> {
        let [sequence, source_time, gid] = names;
        name(&mut bytes, sequence)?;
        let sequence = i64::from_le_bytes(take(&mut bytes)?);
        name(&mut bytes, source_time)?;
        let source_time_ns = i64::from_le_bytes(take(&mut bytes)?);
        name(&mut bytes, gid)?;
        let [len] = take(&mut bytes)?;
        let gid = Gid(take(&mut bytes)?);
        (len == GID_LEN && bytes.is_empty()).then_some(Self { sequence, source_time_ns, gid })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

/// Passes over a field's name and the length in front of it; none in the bare form.
fn name(bytes: &mut &[u8], name: &str) -> Option<()> {
    if !name.is_empty() {
        let rest = bytes.strip_prefix(&[u8::try_from(name.len()).ok()?])?;
        *bytes = rest.strip_prefix(name.as_bytes())?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
            .collect()
    }

    /// As the legacy form lays it out.
    fn legacy(attachment: &Attachment) -> Vec<u8> {
        let bare = attachment.encode();
        let mut bytes = Vec::new();
        for (name, value) in
            [("sequence_number", &bare[..8]), ("source_timestamp", &bare[8..16]), ("source_gid", &bare[16..])]
        {
            bytes.push(u8::try_from(name.len()).unwrap());
            bytes.extend(name.as_bytes());
            bytes.extend(value);
        }
        bytes
    }

    #[test]
    fn the_recorded_attachment_is_read_and_written() {
        let recorded = hex("0100000000000000 fca7c4aa8272ea18 10 cba684eb415f85576335ea233f22875b");

        let attachment = Attachment::decode(&recorded).unwrap();

        assert_eq!(attachment.sequence, 1);
        assert_eq!(attachment.source_time_ns, 0x18ea_7282_aac4_a7fc);
        assert_eq!(attachment.gid.to_string(), "cba684eb415f85576335ea233f22875b");
        assert_eq!(attachment.encode().as_slice(), recorded);
    }

    #[test]
    fn the_legacy_form_is_read() {
        let attachment = Attachment { sequence: 7, source_time_ns: -1, gid: Gid([3; 16]) };
        let bytes = legacy(&attachment);

        assert_eq!(bytes.len(), LEGACY_LEN);
        assert_eq!(Attachment::decode(&bytes), Some(attachment));
    }

    #[test]
    fn a_cut_or_lengthened_attachment_is_refused() {
        let attachment = Attachment { sequence: 7, source_time_ns: 8, gid: Gid([9; 16]) };
        for whole in [attachment.encode().to_vec(), legacy(&attachment)] {
            for len in 0..whole.len() {
                assert_eq!(Attachment::decode(&whole[..len]), None);
            }
            let mut longer = whole;
            longer.push(0);
            assert_eq!(Attachment::decode(&longer), None);
        }
        let mut wrong_length = attachment.encode();
        wrong_length[16] = 17;
        assert_eq!(Attachment::decode(&wrong_length), None);
    }

    proptest! {
        #[test]
        fn attachments_come_back(sequence: i64, source_time_ns: i64, gid: [u8; 16]) {
            let attachment = Attachment { sequence, source_time_ns, gid: Gid(gid) };
            prop_assert_eq!(Attachment::decode(&attachment.encode()), Some(attachment));
            prop_assert_eq!(Attachment::decode(&legacy(&attachment)), Some(attachment));
        }

        #[test]
        fn any_bytes_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Attachment::decode(&bytes);
        }

        #[test]
        fn a_legacy_attachment_with_any_byte_changed_is_an_answer(at in 0..LEGACY_LEN, byte: u8) {
            let mut bytes = legacy(&Attachment { sequence: 1, source_time_ns: 2, gid: Gid([3; 16]) });
            bytes[at] = byte;
            let _ = Attachment::decode(&bytes);
        }
    }
}
