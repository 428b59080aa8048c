//! A ROS 2 node that others have written, with the crate `hiroz`: it says numbers on `/count`, or hears them.
//!
//! `vchiroz say|keep|hear|fetch|mistake ROUTER DOMAIN`

use std::time::Duration;

use hiroz::msg::{SerdeCdrSerdes, ZMessage};
use hiroz::prelude::*;
// The macro; the prelude has the trait of that name.
use hiroz::MessageTypeInfo;
use serde::{Deserialize, Serialize};

/// Its hash is hiroz's own work, from the fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize, MessageTypeInfo)]
#[ros_msg(type_name = "std_msgs/msg/UInt64")]
struct UInt64 {
    data: u64,
}

impl ZMessage for UInt64 {
    type Serdes = SerdeCdrSerdes<Self>;
}

/// Another type than everybody else has on this topic.
#[derive(Debug, Clone, Default, Serialize, Deserialize, MessageTypeInfo)]
#[ros_msg(type_name = "std_msgs/msg/Int16")]
struct Int16 {
    data: i16,
}

impl ZMessage for Int16 {
    type Serdes = SerdeCdrSerdes<Self>;
}

const TOPIC: &str = "/count";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [verb, router, domain] = words.as_slice() else {
        return Err("usage: vchiroz VERB ROUTER DOMAIN".into());
    };
    let context = ZContextBuilder::default()
        .with_domain_id(domain.parse()?)
        .with_mode("client")
        .disable_multicast_scouting()
        .with_connect_endpoints([router.as_str()])
        .build()?;
    let node = context.create_node("robot").build()?;
    let latched = QosProfile { durability: QosDurability::TransientLocal, ..QosProfile::default() };
    let qos = if matches!(verb.as_str(), "keep" | "fetch") { latched } else { QosProfile::default() };
    match verb.as_str() {
        "say" => {
            let publisher = node.create_pub::<UInt64>(TOPIC).with_qos(qos).build()?;
            for data in 1.. {
                publisher.publish(&UInt64 { data })?;
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        "keep" => {
            let publisher = node.create_pub::<UInt64>(TOPIC).with_qos(qos).build()?;
            for data in 1..=5 {
                publisher.publish(&UInt64 { data })?;
            }
            println!("kept");
            loop {
                std::thread::park();
            }
        }
        "hear" | "fetch" => {
            let subscriber = node.create_sub::<UInt64>(TOPIC).with_qos(qos).build()?;
            println!("listens");
            loop {
                println!("heard {}", subscriber.recv()?.data);
            }
        }
        "mistake" => {
            let publisher = node.create_pub::<Int16>(TOPIC).build()?;
            loop {
                publisher.publish(&Int16 { data: 7 })?;
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        other => return Err(format!("`{other}` is no verb").into()),
    }
    Ok(())
}
