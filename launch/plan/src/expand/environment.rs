//! The environment that processes are started with.

use std::path::Path;

use super::{Expander, Outcome};
use crate::diagnostic::Diagnostic;
use crate::document::EnvVar;
use crate::source::Text;

impl Expander<'_> {
    pub(super) fn set_env(&mut self, variable: &EnvVar) -> Outcome<()> {
        let (name, value) = self.variable(variable)?;
        self.scope.env.set(name, Some(value));
        Ok(())
    }

    /// Adds to what a variable holds; one that is not set gets the value alone.
    pub(super) fn append_env(
        &mut self,
        variable: &EnvVar,
        prepend: Option<&Text>,
        separator: Option<&Text>,
    ) -> Outcome<()> {
        let (name, value) = self.variable(variable)?;
        let prepend = self.truth_or(prepend, "`prepend`", false)?;
        let separator = self.maybe(separator)?.map_or_else(|| ":".to_owned(), |separator| separator.value);
        let value = match self.environment_variable(&name) {
            None => value,
            Some(before) if prepend => value + &separator + &before,
            Some(before) => before + &separator + &value,
        };
        self.charge(value.len(), &variable.value.at)?;
        self.scope.env.set(name, Some(value));
        Ok(())
    }

    /// `set_ros_log_dir`: below the folder in force, or else below the run's.
    pub(super) fn set_log_dir(&mut self, folder: &Text) -> Outcome<()> {
        let new = self.text(folder)?;
        let before = match self.environment_variable("ROS_LOG_DIR") {
            Some(before) => Ok(before),
            None if Path::new(&new.value).is_absolute() => Ok(String::new()),
            None => self.log_folder(),
        };
        match before {
            Ok(before) => {
                let path = Path::new(&before).join(&new.value).display().to_string();
                self.scope.env.set("ROS_LOG_DIR".to_owned(), Some(path));
                Ok(())
            }
            Err(diagnostic) => self.fail(diagnostic.at(&new.at)),
        }
    }

    /// A variable's name and value.
    pub(super) fn variable(&mut self, variable: &EnvVar) -> Outcome<(String, String)> {
        let (name, value) = (self.text(&variable.name)?, self.text(&variable.value)?);
        if name.value.is_empty() || name.value.contains(['=', '\0']) || value.value.contains('\0') {
            let message = format!("`{}` cannot be an environment variable", name.value);
            return self.fail(Diagnostic::error(message).at(&name.at));
        }
        Ok((name.value, value.value))
    }

    /// A variable as the launch file has left it.
    pub(super) fn environment_variable(&self, name: &str) -> Option<String> {
        match self.scope.env.get(name) {
            Some(changed) => changed.clone(),
            // `var` panics on names that cannot be set.
            None if name.is_empty() || name.contains(['=', '\0']) => None,
            None => std::env::var(name).ok(),
        }
    }
}
