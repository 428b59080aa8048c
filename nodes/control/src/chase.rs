//! Drives after a thing that a picture shows.

/// [linear, angular] velocity towards a thing at [left, top, width, height] of a picture: `-turn` if its middle lies left
/// of the column `middle`, else `turn`. The unit of the first three is pixels.
pub fn chase([left, _, width, _]: [f64; 4], middle: f64, linear: f64, turn: f64) -> [f64; 2] {
    let is_left = left + width / 2.0 < middle;
    [linear, if is_left { -turn } else { turn }]
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "numbers that have no rounding")]
mod tests {
    use super::*;

    #[test]
    fn it_turns_to_the_side_of_the_thing() {
        let to = |left| chase([left, 7.0, 40.0, 9.0], 320.0, 5.0, 0.5);

        assert_eq!(to(100.0), [5.0, -0.5]);
        assert_eq!(to(299.9), [5.0, -0.5]);
        assert_eq!(to(300.0), [5.0, 0.5]);
    }
}
