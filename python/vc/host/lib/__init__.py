"""VisualCircuit's package `lib`, as its code imports it."""
