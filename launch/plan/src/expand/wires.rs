//! `wire` and `bridge`: what joins nodes, here and beyond this launch.

use vc_words::{Namespace, Priority, Reliability};

use super::{Expander, Outcome, Placed, WantedBridge, WantedWire};
use crate::diagnostic::Diagnostic;
use crate::document::{Bridge, Wire};
use crate::relay::{Carriage, PlannedBridge};
use crate::source::Text;

impl Expander<'_> {
    pub(super) fn wire(&mut self, wire: &Wire) -> Outcome<()> {
        let carriage = self.carriage(wire);
        let from = self.text(&wire.from)?;
        let carriage = carriage?;
        for to in &wire.to {
            let to = self.text(to)?;
            let namespace = self.scope.namespace.clone().unwrap_or_else(Namespace::root);
            self.charge(namespace.as_str().len() + from.value.len(), &from.at)?;
            self.circuit.wires.push(WantedWire { from: from.clone(), to, namespace, carriage });
        }
        Ok(())
    }

    fn carriage(&mut self, wire: &Wire) -> Outcome<Carriage> {
        let max_rate = self.max_rate(wire.max_rate.as_ref());
        let priority = self.one_of(wire.priority.as_ref(), "`priority`", &Priority::WORDS);
        let reliability = self.one_of(wire.reliability.as_ref(), "`reliability`", &Reliability::WORDS);
        let priority = priority?.and_then(|word| Priority::parse(&word));
        let reliability = reliability?.and_then(|word| Reliability::parse(&word));
        Ok(Carriage { max_rate: max_rate?, priority, reliability })
    }

    fn max_rate(&mut self, text: Option<&Text>) -> Outcome<Option<f64>> {
        let Some(number) = self.maybe(text)? else { return Ok(None) };
        let rate = number.value.trim().parse::<f64>().ok().filter(|rate| *rate > 0.0 && *rate <= 1e6);
        if rate.is_some() {
            return Ok(rate);
        }
        let message = format!("`max_rate` must be a rate above 0, in hertz, not `{}`", number.value);
        self.fail(Diagnostic::error(message).at(&number.at))
    }

    fn one_of(&mut self, text: Option<&Text>, what: &str, words: &[&str]) -> Outcome<Option<String>> {
        match self.maybe(text)? {
            Some(word) if !words.contains(&word.value.as_str()) => self.none_of(&word, what, words),
            word => Ok(word.map(|word| word.value)),
        }
    }

    pub(super) fn bridge(&mut self, bridge: &Bridge) -> Outcome<()> {
        let machine = match &bridge.machine {
            Some(machine) => self.machine(machine),
            None => Ok(None),
        };
        let planned = PlannedBridge {
            listen: self.endpoints(&bridge.listen)?,
            connect: self.endpoints(&bridge.connect)?,
            dds: self.truth_or(bridge.dds.as_ref(), "`dds`", false)?,
            wire_domain: self.wire_domain(bridge.wire_domain.as_ref())?,
            allow_out: self.patterns(&bridge.allow_out)?,
            allow_in: self.patterns(&bridge.allow_in)?,
        };
        self.circuit.bridges.push(WantedBridge { machine: machine?, bridge: planned });
        Ok(())
    }

    /// Addresses in zenoh's form.
    fn endpoints(&mut self, texts: &[Text]) -> Outcome<Vec<String>> {
        self.each(texts, |text| {
            let (protocol, address) = text.split_once('/').unwrap_or_default();
            let is_one = !protocol.is_empty() && address.contains(':') && !text.contains(char::is_whitespace);
            (!is_one).then(|| format!("`{text}` is no address; write it as `tcp/10.0.0.2:7447`"))
        })
    }

    /// Topics, with `*` for one word and `**` for any number of them.
    fn patterns(&mut self, texts: &[Text]) -> Outcome<Vec<String>> {
        self.each(texts, |text| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "_/*".contains(c);
            let is_one = text.starts_with('/') && text.len() > 1 && text.chars().all(fits);
            (!is_one).then(|| {
                format!("`{text}` matches no topic; write `/camera/image`, `/camera/*` or `/robot1/**`")
            })
        })
    }

    /// The texts, if nothing is wrong with any.
    fn each(&mut self, texts: &[Text], wrong: impl Fn(&str) -> Option<String>) -> Outcome<Vec<String>> {
        let mut values = Vec::new();
        for text in texts {
            let Placed { value, at } = self.text(text)?;
            if let Some(why) = wrong(&value) {
                return self.fail(Diagnostic::error(why).at(&at));
            }
            values.push(value);
        }
        Ok(values)
    }

    fn wire_domain(&mut self, text: Option<&Text>) -> Outcome<Option<u32>> {
        let Some(number) = self.maybe(text)? else { return Ok(None) };
        if let Ok(domain) = number.value.trim().parse() {
            return Ok(Some(domain));
        }
        let message = format!("`wire_domain` must be a domain's number, not `{}`", number.value);
        self.fail(Diagnostic::error(message).at(&number.at))
    }
}
