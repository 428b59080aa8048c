//! Launch files to checked plans.
