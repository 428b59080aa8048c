//! The variables by which ROS 2 users set zenoh sessions.

use std::collections::BTreeMap;

use crate::error::SessionError;

/// The file that a router's configuration is read from.
pub(crate) const ROUTER_CONFIG: &str = "ZENOH_ROUTER_CONFIG_URI";
/// The file that the configuration of all others is read from.
pub(crate) const SESSION_CONFIG: &str = "ZENOH_SESSION_CONFIG_URI";
/// Single values: `key/path=value;key/path=value`.
const OVERRIDE: &str = "ZENOH_CONFIG_OVERRIDE";
/// How often a router is looked for.
const ATTEMPTS: &str = "ZENOH_ROUTER_CHECK_ATTEMPTS";

/// The variables of an environment that are about zenoh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<&'static str, String>);

/// How often a router is looked for, a second apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempts {
    /// Until it is there.
    ForEver,
    /// Not at all: it may come later.
    None,
    /// So often; then opening fails.
    Some(u32),
}

impl Environment {
    /// This process's.
    pub fn of_process() -> Self {
        Self::of(|variable| std::env::var(variable).ok())
    }

    /// What `get` answers.
    pub fn of(get: impl Fn(&str) -> Option<String>) -> Self {
        let known = [ROUTER_CONFIG, SESSION_CONFIG, OVERRIDE, ATTEMPTS];
        let set = |variable: &'static str| Some((variable, get(variable)?));
        Self(known.into_iter().filter_map(set).filter(|(_, value)| !value.trim().is_empty()).collect())
    }

    /// A variable's value, if it is set.
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }

    /// The single values, as key and JSON.
    pub(crate) fn overrides(&self) -> Result<Vec<(&str, &str)>, SessionError> {
        let Some(text) = self.get(OVERRIDE) else { return Ok(Vec::new()) };
        let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        parts
            .map(|part| {
                let pair = part.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
                pair.filter(|(key, value)| !key.is_empty() && !value.is_empty()).ok_or_else(|| {
                    Self::refused(OVERRIDE, text, format!("`{part}` is not of the form `key/path=value`"))
                })
            })
            .collect()
    }

    pub(crate) fn override_refused(&self, reason: impl Into<String>) -> SessionError {
        Self::refused(OVERRIDE, self.get(OVERRIDE).unwrap_or_default(), reason)
    }

    pub(crate) fn refused(variable: &'static str, value: &str, reason: impl Into<String>) -> SessionError {
        SessionError::Variable { variable, value: value.to_owned(), reason: reason.into() }
    }

    /// ROS 2's rule: 0 for ever, below not at all, else so often; once if it is not set.
    pub(crate) fn attempts(&self) -> Result<Attempts, SessionError> {
        let Some(text) = self.get(ATTEMPTS) else { return Ok(Attempts::Some(1)) };
        match text.trim().parse::<i32>() {
            Ok(0) => Ok(Attempts::ForEver),
            Ok(number) => Ok(u32::try_from(number).map_or(Attempts::None, Attempts::Some)),
            Err(_) => Err(Self::refused(ATTEMPTS, text, "it must be a whole number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variable: &'static str, value: &str) -> Environment {
        Environment::of(|asked| (asked == variable).then(|| value.to_owned()))
    }

    #[test]
    fn single_values_are_read() {
        let environment =
            with(OVERRIDE, "scouting/gossip/enabled=false; listen/endpoints=[\"tcp/[::]:1\"] ;");
        assert_eq!(
            environment.overrides().unwrap(),
            [("scouting/gossip/enabled", "false"), ("listen/endpoints", "[\"tcp/[::]:1\"]")]
        );
        assert_eq!(Environment::default().overrides().unwrap(), []);
    }

    #[test]
    fn single_values_without_a_key_or_value_are_told() {
        for text in ["mode", "=1", "mode=", "a=1;b"] {
            let error = with(OVERRIDE, text).overrides().unwrap_err().to_string();
            assert!(error.contains("ZENOH_CONFIG_OVERRIDE") && error.contains("key/path=value"), "{error}");
        }
    }

    #[test]
    fn attempts_are_counted_as_ros_does() {
        for (text, attempts) in [
            ("0", Attempts::ForEver),
            ("-1", Attempts::None),
            ("3", Attempts::Some(3)),
            (" ", Attempts::Some(1)),
        ] {
            assert_eq!(with(ATTEMPTS, text).attempts().unwrap(), attempts, "{text}");
        }
        let error = with(ATTEMPTS, "often").attempts().unwrap_err().to_string();
        assert!(error.contains("ZENOH_ROUTER_CHECK_ATTEMPTS is `often`"), "{error}");
    }
}
