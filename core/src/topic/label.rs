//! What a port's name in shared memory tells of it: its quality of service, and what its node calls it.
//!
//! The transport keeps a queue's length and a name for each port, nothing else; with this, whoever looks at the
//! host's topics can tell every port's quality of service.

use iceoryx2::port::port_name::PortName;
use vc_words::{Durability, Port, Qos, Reliability};

/// The port's name in shared memory: `rv10 image` for reliable, volatile, the last 10.
pub(super) fn label_of(port: &Port) -> PortName {
    let reliability = if port.qos.reliability == Reliability::Reliable { 'r' } else { 'b' };
    let durability = if port.qos.durability == Durability::Volatile { 'v' } else { 't' };
    let text = format!("{reliability}{durability}{} {}", port.qos.depth, port.name);
    // A name that is too long loses its end, never its quality of service.
    let fits: String = text.chars().filter(char::is_ascii).take(PortName::max_len()).collect();
    PortName::new(&fits).unwrap_or_else(|_| PortName::new_empty())
}

/// Reads a label; what it does not tell is ROS 2's default.
pub(super) fn read_label(label: &str) -> (Qos, String) {
    let (qos, name) = label.split_once(' ').unwrap_or(("", label));
    (read_qos(qos).unwrap_or_default(), name.to_owned())
}

fn read_qos(text: &str) -> Option<Qos> {
    let reliability = match text.get(..1)? {
        "r" => Reliability::Reliable,
        "b" => Reliability::BestEffort,
        _ => return None,
    };
    let durability = match text.get(1..2)? {
        "v" => Durability::Volatile,
        "t" => Durability::TransientLocal,
        _ => return None,
    };
    let depth = text.get(2..)?.parse().ok()?;
    Some(Qos { reliability, durability, depth: 1 }.keep_last(depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, qos: Qos) -> Port {
        Port {
            name: name.to_owned(),
            type_name: String::new(),
            hash: String::new(),
            description: String::new(),
            required: false,
            optional: false,
            qos,
        }
    }

    #[test]
    fn labels_tell_quality_of_service_and_name() {
        for qos in [Qos::DEFAULT, Qos::SENSOR_DATA, Qos::LATCHED] {
            let label = label_of(&port("image", qos));
            assert_eq!(read_label(label.as_str()), (qos, "image".to_owned()));
        }
        let long = label_of(&port(&"x".repeat(200), Qos::SENSOR_DATA));
        assert_eq!(read_label(long.as_str()).0, Qos::SENSOR_DATA);
    }

    #[test]
    fn any_label_is_an_answer() {
        for text in ["", " ", "r", "rv", "rvx image", "ü image", "zz9 a", "image"] {
            assert_eq!(read_label(text).0, Qos::DEFAULT, "{text}");
        }
    }
}
