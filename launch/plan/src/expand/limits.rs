//! What a process may take of the machine.

use rustix::thread::{CpuSet, sched_getaffinity};

use super::{Expander, Outcome, Placed};
use crate::diagnostic::Diagnostic;
use crate::document::Process;
use crate::plan::Limits;
use crate::source::Text;

/// The units of sizes, each 1024 times the one before.
const UNITS: [char; 3] = ['K', 'M', 'G'];

impl Expander<'_> {
    pub(super) fn limits(&mut self, process: &Process) -> Outcome<Limits> {
        let nice = self.nice(process.nice.as_ref());
        let cpu = self.cores(&process.cpu);
        let memory = self.memory(process.memory.as_ref());
        Ok(Limits { nice: nice?, cpu: cpu?, memory: memory? })
    }

    fn nice(&mut self, text: Option<&Text>) -> Outcome<Option<i8>> {
        let Some(nice) = self.maybe(text)? else { return Ok(None) };
        if let Ok(number @ -20..=19) = nice.value.trim().parse() {
            return Ok(Some(number));
        }
        let message = format!("`nice` must be a whole number from -20 to 19, not `{}`", nice.value);
        self.fail(Diagnostic::error(message).at(&nice.at))
    }

    /// The cores named, sorted. Those that are not there are noted; if none is, that is a mistake.
    fn cores(&mut self, texts: &[Text]) -> Outcome<Vec<u16>> {
        let mut cores: Vec<u16> = Vec::new();
        for text in texts {
            let written = self.text(text)?;
            let Some(ranges) = written.value.split(',').map(range).collect::<Option<Vec<_>>>() else {
                let message = format!("`cpu` must be the numbers of cores, not `{}`", written.value);
                let hint = "such as `0`, `[0, 1]`, `2-3`";
                return self.fail(Diagnostic::error(message).at(&written.at).hint(hint));
            };
            cores.extend(ranges.into_iter().flatten());
        }
        cores.sort_unstable();
        cores.dedup();
        if let (Some(first), Ok(ours)) = (texts.first(), sched_getaffinity(None)) {
            self.missing_cores(&cores, &ours, first)?;
        }
        Ok(cores)
    }

    fn missing_cores(&mut self, cores: &[u16], ours: &CpuSet, text: &Text) -> Outcome<()> {
        let missing: Vec<u16> = cores.iter().copied().filter(|core| !has(ours, *core)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let all: Vec<u16> = (0..most()).filter(|core| has(ours, *core)).collect();
        let message = format!("there is no core {} here", listed(&missing));
        let hint = format!("the cores are {}", listed(&all));
        if missing.len() == cores.len() {
            return self.fail(Diagnostic::error(message).at(&text.at).hint(hint));
        }
        self.sink.push(Diagnostic::warning(message).at(&text.at).hint(hint));
        Ok(())
    }

    fn memory(&mut self, text: Option<&Text>) -> Outcome<Option<u64>> {
        let Some(memory) = self.maybe(text)? else { return Ok(None) };
        match bytes(&memory.value) {
            Some(bytes) => Ok(Some(bytes)),
            None => self.no_size(&memory),
        }
    }

    fn no_size<T>(&mut self, memory: &Placed<String>) -> Outcome<T> {
        let message = format!("`memory` must be a size with its unit, not `{}`", memory.value);
        let number: String = memory.value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let example = if number.is_empty() { "200".to_owned() } else { number };
        let hint =
            format!("such as `{example}M`, {example} times 1024 times 1024 bytes; the units are K, M and G");
        self.fail(Diagnostic::error(message).at(&memory.at).hint(hint))
    }
}

/// `3` or `0-3`.
fn range(text: &str) -> Option<std::ops::RangeInclusive<u16>> {
    let core = |text: &str| text.trim().parse().ok().filter(|core| *core < most());
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (core(first)?, core(last)?);
    (first <= last).then_some(first..=last)
}

/// One more than the highest number that a core can have here.
fn most() -> u16 {
    u16::try_from(CpuSet::MAX_CPU).unwrap_or(u16::MAX)
}

fn has(set: &CpuSet, core: u16) -> bool {
    set.is_set(core.into())
}

fn listed(cores: &[u16]) -> String {
    cores.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `200M`, `1.5 GiB`: a number of bytes.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_suffix("iB").unwrap_or(text);
    let unit = text.chars().last()?;
    let power = 1 + UNITS.iter().position(|known| *known == unit.to_ascii_uppercase())?;
    let number: f64 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
    let bytes = number * 1024_f64.powi(i32::try_from(power).ok()?);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within bounds")]
    (1.0..1e18).contains(&bytes).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("200M"), Some(200 << 20));
        assert_eq!(bytes(" 1.5 GiB "), Some(3 << 29));
        assert_eq!(bytes("64k"), Some(64 << 10));
        for wrong in ["", "M", "200", "200MB", "-1M", "0M", "nanM", "infG", "1e99G", "2 Mib"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn cores_are_numbers_or_ranges() {
        let cores = |text| range(text).map(Iterator::collect::<Vec<_>>);
        assert_eq!(cores(" 1 "), Some(vec![1]));
        assert_eq!(cores("0-2"), Some(vec![0, 1, 2]));
        for wrong in ["", "-1", "3-1", "a", "0-99999999", "1-2-3"] {
            assert_eq!(cores(wrong), None, "{wrong}");
        }
    }
}
