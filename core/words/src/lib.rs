//! The words of a circuit: names, QoS, parameters, manifests.
