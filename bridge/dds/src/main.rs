//! `vcdds`: next to a robot on DDS, joins its topics to zenoh, for `vcbridge --dds`. It is the published plugin
//! `zenoh-plugin-ros2dds` in a program, as `zenoh-bridge-ros2dds` is, which no package index has.

use clap::Parser;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use zenoh::config::Config;
use zenoh::internal::plugins::PluginsManager;
use zenoh::internal::runtime::RuntimeBuilder;
use zenoh_plugin_ros2dds::ROS2Plugin;

/// Joins a robot on DDS to `vcbridge --dds`. `ROS_DISTRO` says which ROS 2 the robot has.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The relay to connect to, such as tcp/10.0.0.1:7447
    #[arg(long, value_name = "ADDRESS")]
    connect: Vec<String>,
    /// Where to listen for relays
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// The domain on DDS
    #[arg(long, env = "ROS_DOMAIN_ID", default_value_t = 0)]
    domain: u32,
    /// A name that the robot's topics get in front of theirs, such as /bot1
    #[arg(long, default_value = "/")]
    namespace: String,
    /// Whether DDS speaks over this host's loopback only
    #[arg(long)]
    localhost_only: bool,
}

#[tokio::main]
async fn main() -> zenoh::Result<()> {
    zenoh::init_log_from_env_or("warn");
    let args = Args::parse();
    let mut config = Config::default();
    let plugin = json!({
        "domain": args.domain, "namespace": args.namespace, "ros_localhost_only": args.localhost_only
    });
    for (key, value) in [
        ("mode", json!(if args.listen.is_empty() { "client" } else { "router" })),
        ("connect/endpoints", json!(args.connect)),
        ("listen/endpoints", json!(args.listen)),
        ("scouting/multicast/enabled", json!(false)),
        // Samples that are kept for late joiners are fetched by their time.
        ("timestamping/enabled", json!(true)),
        ("adminspace/enabled", json!(true)),
        ("plugins_loading/enabled", json!(true)),
        ("plugins/ros2dds", plugin),
    ] {
        config.insert_json5(key, &value.to_string())?;
    }
    let mut plugins = PluginsManager::static_plugins_only();
    plugins.declare_static_plugin::<ROS2Plugin, &str>("ros2dds", true);
    let mut runtime = RuntimeBuilder::new(config).plugins_manager(plugins).build().await?;
    runtime.start().await?;
    let (mut interrupted, mut asked) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! { _ = interrupted.recv() => {}, _ = asked.recv() => {} }
    runtime.close().await
}
