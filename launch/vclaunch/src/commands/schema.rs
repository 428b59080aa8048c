//! `vclaunch schema`

use crate::exit_code::Code;
use crate::report::{self, Style};

/// Prints the JSON schema of launch files in YAML.
pub(crate) fn schema(style: Style) -> Code {
    // Plain data: there is nothing in it that JSON cannot hold.
    let text = serde_json::to_string_pretty(&vc_plan::schema()).unwrap_or_default();
    report::result(&(text + "\n"), style)
}
