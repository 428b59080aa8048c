//! Percentiles, of which the figures are made.

/// The median and the 99th percentile of some values.
pub(crate) fn percentiles(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    [50, 99].map(|percent| {
        let rank = (values.len() * percent).div_ceil(100).max(1) - 1;
        values.get(rank).copied().unwrap_or(f64::NAN)
    })
}
