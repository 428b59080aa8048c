//! The messages that services and actions consist of.

use crate::{
    Error,
    model::{Base, Count, Definition, Field, Interfaces, Primitive, Space, TypeName},
    parse,
    source::Source,
};

/// Adds what `source` defines. Only if `wanted` will it be generated; else others may refer to it.
pub(crate) fn add(into: &mut Interfaces, package: &str, source: &Source, wanted: bool) -> Result<(), Error> {
    let name = TypeName::new(package, source.space, &source.name);
    let before = into.messages.len();
    match source.space {
        Space::Msg => {
            let [whole] = source.sections()?;
            into.message(parse::definition(name, whole)?);
        }
        Space::Srv => {
            let [request, response] = source.sections()?;
            let request = parse::definition(name.with("_Request"), request)?;
            let response = parse::definition(name.with("_Response"), response)?;
            into.service(name, request, response);
        }
        Space::Action => {
            let [goal, result, feedback] = source.sections()?;
            into.message(parse::definition(name.with("_Goal"), goal)?);
            into.message(parse::definition(name.with("_Result"), result)?);
            into.message(parse::definition(name.with("_Feedback"), feedback)?);
            into.action(name);
        }
    }
    if !wanted {
        into.messages.truncate(before);
        into.services.clear();
        into.actions.clear();
    }
    Ok(())
}

impl Interfaces {
    pub(crate) fn message(&mut self, mut definition: Definition) {
        if definition.fields.is_empty() {
            let name = "structure_needs_at_least_one_member";
            definition.fields.push(one(Base::Primitive(Primitive::Uint8), "uint8", name));
        }
        self.messages.push(definition.name.clone());
        self.definitions.insert(definition.name.clone(), definition);
    }

    /// Makes known what only counts for hashes.
    fn hashed(&mut self, name: TypeName, fields: Vec<Field>) {
        let definition = Definition { name, fields, constants: Vec::new(), text: String::new() };
        self.definitions.insert(definition.name.clone(), definition);
    }

    fn service(&mut self, name: TypeName, request: Definition, response: Definition) {
        let event = name.with("_Event");
        let info = TypeName::new("service_msgs", Space::Msg, "ServiceEventInfo");
        let at_most_one =
            |name: &TypeName, field: &str| Field { count: Count::AtMost(1), ..nested(name, field) };
        let in_event = vec![
            nested(&info, "info"),
            at_most_one(&request.name, "request"),
            at_most_one(&response.name, "response"),
        ];
        let in_service = vec![
            nested(&request.name, "request_message"),
            nested(&response.name, "response_message"),
            nested(&event, "event_message"),
        ];
        self.hashed(event, in_event);
        self.hashed(name.clone(), in_service);
        self.message(request);
        self.message(response);
        self.services.push(name);
    }

    fn action(&mut self, name: TypeName) {
        let [goal, result, feedback] = ["_Goal", "_Result", "_Feedback"].map(|part| name.with(part));
        let [send_goal, get_result] = ["_SendGoal", "_GetResult"].map(|part| name.with(part));
        let goal_id = || nested(&TypeName::new("unique_identifier_msgs", Space::Msg, "UUID"), "goal_id");
        let stamp = nested(&TypeName::new("builtin_interfaces", Space::Msg, "Time"), "stamp");
        let accepted = one(Base::Primitive(Primitive::Bool), "bool", "accepted");
        let status = one(Base::Primitive(Primitive::Int8), "int8", "status");

        self.service(
            send_goal.clone(),
            made(send_goal.with("_Request"), vec![goal_id(), nested(&goal, "goal")]),
            made(send_goal.with("_Response"), vec![accepted, stamp]),
        );
        self.service(
            get_result.clone(),
            made(get_result.with("_Request"), vec![goal_id()]),
            made(get_result.with("_Response"), vec![status, nested(&result, "result")]),
        );
        let message = name.with("_FeedbackMessage");
        self.message(made(message.clone(), vec![goal_id(), nested(&feedback, "feedback")]));
        let whole = vec![
            nested(&goal, "goal"),
            nested(&result, "result"),
            nested(&feedback, "feedback"),
            nested(&send_goal, "send_goal_service"),
            nested(&get_result, "get_result_service"),
            nested(&message, "feedback_message"),
        ];
        self.hashed(name.clone(), whole);
        self.actions.push(name);
    }
}

/// A message no file defines, with the text a file would have.
fn made(name: TypeName, fields: Vec<Field>) -> Definition {
    let text = fields.iter().flat_map(|field| [field.line.as_str(), "\n"]).collect();
    Definition { name, fields, constants: Vec::new(), text }
}

fn nested(name: &TypeName, field: &str) -> Field {
    one(Base::Nested(name.clone()), &format!("{}/{}", name.package, name.name), field)
}

fn one(base: Base, written: &str, name: &str) -> Field {
    Field { name: name.to_owned(), base, count: Count::One, default: None, line: format!("{written} {name}") }
}
