//! Makes the stock types of the texts in `idl`.

/// The stock messages whose payload is worth writing where it travels.
const BIG: [&str; 17] = [
    "nav_msgs/msg/OccupancyGrid",
    "sensor_msgs/msg/CompressedImage",
    "sensor_msgs/msg/Image",
    "sensor_msgs/msg/LaserScan",
    "sensor_msgs/msg/PointCloud2",
    "std_msgs/msg/ByteMultiArray",
    "std_msgs/msg/Float32MultiArray",
    "std_msgs/msg/Float64MultiArray",
    "std_msgs/msg/Int16MultiArray",
    "std_msgs/msg/Int32MultiArray",
    "std_msgs/msg/Int64MultiArray",
    "std_msgs/msg/Int8MultiArray",
    "std_msgs/msg/UInt16MultiArray",
    "std_msgs/msg/UInt32MultiArray",
    "std_msgs/msg/UInt64MultiArray",
    "std_msgs/msg/UInt8MultiArray",
    "vc_interfaces/msg/Value",
];

fn main() -> Result<(), vc_msggen::Error> {
    vc_msggen::Build::stock().in_place_only(BIG).emit()
}
