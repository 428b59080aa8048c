//! Numbers as people read them.

use std::time::Duration;

use vc_supervise::Latency;

/// Such as `29.9 Hz`, `1.2 kHz`.
pub(crate) fn rate(hz: f64) -> String {
    if hz >= 10_000.0 {
        format!("{:.1} kHz", hz / 1000.0)
    } else if hz >= 1000.0 {
        format!("{hz:.0} Hz")
    } else {
        format!("{hz:.1} Hz")
    }
}

/// Three digits and a unit, such as `850 ns`, `21.4 µs`, `1.03 ms`.
pub(crate) fn short(duration: Duration) -> String {
    let ns = duration.as_secs_f64() * 1e9;
    let (value, unit) = match ns {
        _ if ns < 1e3 => return format!("{ns:.0} ns"),
        _ if ns < 999.5e3 => (ns / 1e3, "µs"),
        _ if ns < 999.5e6 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    let decimals = match value {
        _ if value < 9.995 => 2,
        _ if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// Such as `200 MiB`, `1.5 GiB`.
#[expect(clippy::cast_precision_loss, reason = "a figure for people to read")]
pub(crate) fn size(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64 / 1024.0, "KiB");
    for larger in ["MiB", "GiB"] {
        if value >= 1024.0 {
            (value, unit) = (value / 1024.0, larger);
        }
    }
    format!("{} {unit}", (value * 10.0).round() / 10.0)
}

/// A time that goes on, such as `12 s`, `3 min 05 s`, `2 h 07 min`.
pub(crate) fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// One figure of a wire's latency; a dash where nothing was received.
pub(crate) fn latency(all: Option<&Latency>, of: fn(&Latency) -> Duration) -> String {
    all.map_or_else(|| "-".to_owned(), |all| short(of(all)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        let seen: Vec<_> = [0, 850, 21_440, 999_400, 999_600, 1_034_000, 99_960_000, 2_500_000_000]
            .map(|ns| short(Duration::from_nanos(ns)))
            .into();

        assert_eq!(seen, ["0 ns", "850 ns", "21.4 µs", "999 µs", "1.00 ms", "1.03 ms", "100 ms", "2.50 s"]);
    }

    #[test]
    fn sizes_have_the_unit_that_fits() {
        assert_eq!([size(64 << 10), size(200 << 20), size(3 << 29)], ["64 KiB", "200 MiB", "1.5 GiB"]);
    }

    #[test]
    fn rates_and_times() {
        assert_eq!([rate(29.94), rate(1234.0), rate(123_456.0)], ["29.9 Hz", "1234 Hz", "123.5 kHz"]);
        let times = [5, 185, 7620].map(|seconds| elapsed(Duration::from_secs(seconds)));
        assert_eq!(times, ["5 s", "3 min 05 s", "2 h 07 min"]);
    }
}
