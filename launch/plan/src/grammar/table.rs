//! The table itself: one rule an entity.

use vc_words::{Priority, Reliability};

use super::{Attribute, Kind, Rule};

const fn may(name: &'static str, kind: Kind, about: &'static str) -> Attribute {
    Attribute { name, kind, required: false, about }
}

const fn must(name: &'static str, kind: Kind, about: &'static str) -> Attribute {
    Attribute { name, kind, required: true, about }
}

/// A rule with nothing but attributes; the others are made from it.
const fn plain(name: &'static str, about: &'static str, attributes: &'static [&'static [Attribute]]) -> Rule {
    Rule { name, about, attributes, parts: &[], actions: false, short: None }
}

/// Every entry of a launch file.
pub(crate) static ACTIONS: &[&Rule] = &[
    &ARG,
    &LET,
    &RESET,
    &INCLUDE,
    &NODE,
    &EXECUTABLE,
    &WIRE,
    &GROUP,
    &FOR,
    &FOR_EACH,
    &MACHINE,
    &BRIDGE,
    &TIMER,
    &ROS_TIMER,
    &PUSH_ROS_NAMESPACE,
    &SET_PARAMETER,
    &SET_PARAMETERS_FROM_FILE,
    &SET_USE_SIM_TIME,
    &SET_REMAP,
    &SET_ENV,
    &APPEND_ENV,
    &UNSET_ENV,
    &RESET_ENV,
    &SET_ROS_LOG_DIR,
    &LOG,
    &LOG_DEBUG,
    &LOG_INFO,
    &LOG_WARNING,
    &LOG_ERROR,
    &SHUTDOWN,
];

static ARG: Rule = Rule {
    parts: &[&CHOICE],
    ..plain(
        "arg",
        "Declares something that the user may give as `name:=value`.",
        &[&[
            must("name", Kind::Plain, "What it is called."),
            may("default", Kind::Text, "Its value if none is given; without it one must be."),
            may("value", Kind::Text, "Its value for certain: it cannot be given."),
            may("description", Kind::Plain, "What it is for."),
            may("choices", Kind::Texts, "The only values it takes."),
        ]],
    )
};

static CHOICE: Rule =
    plain("choice", "A value that the argument takes.", &[&[must("value", Kind::Text, "The value.")]]);

static LET: Rule = plain("let", "Sets a variable.", &[NAME_AND_VALUE]);

const NAME_AND_VALUE: &[Attribute] =
    &[must("name", Kind::Text, "What it is called."), must("value", Kind::Text, "Its value.")];

static RESET: Rule = Rule {
    parts: &[&KEEP],
    ..plain("reset", "Forgets what was set: variables, namespace, parameters and remaps for all.", &[])
};

static KEEP: Rule = plain(
    "keep",
    "A variable that is there in what else begins anew.",
    &[&[
        must("name", Kind::Text, "What it is called."),
        may("value", Kind::Text, "Its value; default: the one it has."),
    ]],
);

static INCLUDE: Rule = Rule {
    parts: &[&GIVEN, &GIVEN_BY_LET],
    short: Some("file"),
    ..plain(
        "include",
        "Does what another launch file says.",
        &[&[
            must("file", Kind::Text, "The file, from this file's folder if relative."),
            may("scoped", Kind::Truth, "`false`: what the file sets stays in force after it, as in ROS 2."),
        ]],
    )
};

static GIVEN: Rule = plain("arg", "A value for an argument of the file.", &[NAME_AND_VALUE]);

static GIVEN_BY_LET: Rule = plain("let", "The same as `arg`.", &[NAME_AND_VALUE]);

static NODE: Rule = Rule {
    parts: &[&PARAM, &REMAP, &ENV, &AFTER],
    ..plain(
        "node",
        "Starts a block or a ROS 2 node.",
        &[
            &[
                must("exec", Kind::Text, "The program: a name to be found, or a path."),
                may("pkg", Kind::Text, "The ROS 2 package it belongs to."),
                may("name", Kind::Text, "The node's name; default: the block's own."),
                may("namespace", Kind::Text, "Its namespace, below the one in force unless absolute."),
                may("args", Kind::Text, "The program's own arguments, parted as a shell would."),
                may("ros_args", Kind::Text, "Further arguments behind `--ros-args`."),
                may(
                    "python",
                    Kind::Text,
                    "What interprets a block in Python: a program, or a virtual environment.",
                ),
            ],
            PROCESS,
        ],
    )
};

static EXECUTABLE: Rule = Rule {
    parts: &[&ENV, &AFTER],
    ..plain(
        "executable",
        "Starts any program.",
        &[
            &[
                must("cmd", Kind::Text, "The command line, parted as a shell would."),
                may("name", Kind::Text, "What the process is called."),
                may("shell", Kind::Truth, "`true`: `sh` reads the command line."),
            ],
            PROCESS,
        ],
    )
};

const PROCESS: &[Attribute] = &[
    may("exec_name", Kind::Text, "What a program without a `name` is called."),
    may("output", Kind::Word(OUTPUTS), "Where its output goes; default: `log`."),
    may(
        "emulate_tty",
        Kind::Truth,
        "Whether it writes to a pseudo-terminal: programs then colour, and write line by line.",
    ),
    may("stdin", Kind::Truth, "Whether it reads what is typed at the terminal; at most one node does."),
    may("respawn", Kind::Word(RESPAWN), "When it is started again after it ended; default: never."),
    may("respawn_delay", Kind::Number, "Seconds before it is started again; doubles with each failure."),
    may("respawn_max_retries", Kind::Number, "The most restarts in a row; -1: no limit, the default."),
    may("cwd", Kind::Text, "The folder it runs in."),
    may("launch-prefix", Kind::Text, "Words before the program, such as `nice -n 5`."),
    may("on_exit", Kind::Word(&["shutdown"]), "`shutdown`: its end for good ends the circuit."),
    may(
        "required",
        Kind::Truth,
        "Whether its end for good ends the circuit, as `on_exit: shutdown` says it.",
    ),
    may("watchdog", Kind::Number, "Seconds that a block may show no sign of life; 0: for ever."),
    may("nice", Kind::Number, "How much it gives way to other processes, from -20 to 19."),
    may("cpu", Kind::Texts, "The cores it may run on, such as `0`, `2-3`."),
    may("memory", Kind::Text, "The most private memory each of its processes may have, such as `200M`."),
    may("sigterm_timeout", Kind::Number, "Seconds from SIGINT to SIGTERM when it is stopped."),
    may("sigkill_timeout", Kind::Number, "Seconds from SIGTERM to SIGKILL when it is stopped."),
    may("machine", Kind::Text, "The machine it runs on; `local`: the one where the launch is started."),
];

const OUTPUTS: &[&str] = &["screen", "log", "both", "own_log", "full"];
const RESPAWN: &[&str] = &["true", "false", "on-failure"];

static PARAM: Rule = Rule {
    parts: &[&PARAM],
    ..plain(
        "param",
        "A parameter: `name` with `value` or with nested `param`; or `from`, a parameter file.",
        &[&[
            may("name", Kind::Text, "The parameter's name."),
            may("value", Kind::Texts, "Its value; the look of it tells its type."),
            may("type", Kind::Word(TYPES), "The type of the value, if its look is not to tell."),
            may("from", Kind::Text, "A parameter file, from the launch file's folder if relative."),
            may("allow_substs", Kind::Truth, "Whether substitutions in the file are done."),
        ]],
    )
};

pub(crate) const TYPES: &[&str] =
    &["bool", "int", "float", "str", "list_of_bool", "list_of_int", "list_of_float", "list_of_str"];

const FROM_AND_TO: &[Attribute] =
    &[must("from", Kind::Text, "The name as written."), must("to", Kind::Text, "The name it becomes.")];

static REMAP: Rule = plain("remap", "Gives a topic or service of the node another name.", &[FROM_AND_TO]);

static ENV: Rule = plain("env", "Sets an environment variable for this process.", &[NAME_AND_VALUE]);

static AFTER: Rule = Rule {
    short: Some("node"),
    ..plain(
        "after",
        "What must have happened before it is started: a `node`, or a `topic`.",
        &[&[
            may("node", Kind::Text, "The node that must be ready, or must have ended."),
            may("is", Kind::Word(&["ready", "exit"]), "`ready`, the default; `exit`: ended, with success."),
            may("topic", Kind::Text, "The topic on which a message must have been sent."),
        ]],
    )
};

static WIRE: Rule = plain(
    "wire",
    "Joins an output to one or more inputs.",
    &[&[
        must("from", Kind::Text, "The output, `node/port`."),
        must("to", Kind::Texts, "The input or inputs, `node/port`."),
        may("max_rate", Kind::Number, "To another machine: samples a second at most."),
        may("priority", Kind::Word(&Priority::WORDS), "To another machine: how urgent; default: `data`."),
        may(
            "reliability",
            Kind::Word(&Reliability::WORDS),
            "To another machine: `best_effort` does not wait for the link; default: as the output says.",
        ),
    ]],
);

static GROUP: Rule = Rule {
    parts: &[&KEEP],
    actions: true,
    ..plain(
        "group",
        "Holds entries together; what they set ends with the group.",
        &[&[
            may("scoped", Kind::Truth, "`false`: what is set within stays in force after it."),
            may("machine", Kind::Text, "The machine that what is within runs on."),
            may("forwarding", Kind::Truth, "`false`: what was set before the group is not there within."),
        ]],
    )
};

static FOR: Rule = Rule {
    actions: true,
    ..plain(
        "for",
        "Does its entries a number of times.",
        &[
            &[
                must("len", Kind::Text, "How often."),
                must("name", Kind::Plain, "What the index is called: `$(index name)`, from 0."),
            ],
            LOOP,
        ],
    )
};

static FOR_EACH: Rule = Rule {
    actions: true,
    ..plain(
        "for_each",
        "Does its entries once for each set of values.",
        &[
            &[must(
                "values",
                Kind::Rows,
                "The sets: a list of mappings, or text such as `{name: a};{name: b}`. `$(for-var name)`",
            )],
            LOOP,
        ],
    )
};

const LOOP: &[Attribute] =
    &[may("scoped", Kind::Truth, "`false`: what a round sets stays in force after it, as in ROS 2.")];
static TIMER: Rule = Rule {
    actions: true,
    ..plain("timer", "Starts the nodes that it holds some time after the launch.", &[PERIOD])
};

static ROS_TIMER: Rule = Rule { actions: true, ..plain("ros_timer", "The same as `timer`.", &[PERIOD]) };

const PERIOD: &[Attribute] =
    &[must("period", Kind::Number, "Seconds; within another timer, after its time.")];

static MACHINE: Rule = Rule {
    parts: &[&ENV],
    ..plain(
        "machine",
        "Declares a computer that nodes can run on.",
        &[&[
            must("name", Kind::Text, "What it is called; its agent bears the same name."),
            may("address", Kind::Text, "Where it is reached, `host` or `host:port`."),
            may(
                "on_operator_lost",
                Kind::Word(ON_OPERATOR_LOST),
                "What its nodes do when the link to the operator is lost; default: `stop`.",
            ),
        ]],
    )
};

static BRIDGE: Rule = Rule {
    short: Some("connect"),
    ..plain(
        "bridge",
        "Joins topics to ROS 2 robots and other hosts, by a relay that runs with the circuit.",
        &[&[
            may("connect", Kind::Texts, "Whom the relay connects to, such as `tcp/robot:7447`."),
            may(
                "listen",
                Kind::Texts,
                "Where it listens, such as `tcp/0.0.0.0:7447`; default: this computer.",
            ),
            may(
                "machine",
                Kind::Text,
                "The machine whose relay it is; default: where the launch is started.",
            ),
            may("dds", Kind::Truth, "`true`: it speaks with `zenoh-bridge-ros2dds` too."),
            may("wire_domain", Kind::Number, "The domain on the wire; default: that of the circuit."),
            may(
                "allow_out",
                Kind::Texts,
                "Topics that may leave, such as `/cmd_vel`, `/robot1/**`; default: all.",
            ),
            may("allow_in", Kind::Texts, "Topics that may come in; default: all."),
        ]],
    )
};

const ON_OPERATOR_LOST: &[&str] = &["keep", "stop"];

static PUSH_ROS_NAMESPACE: Rule = plain(
    "push_ros_namespace",
    "Puts the nodes that follow into a namespace.",
    &[&[must("namespace", Kind::Text, "Below the one in force unless absolute.")]],
);

static SET_PARAMETER: Rule = plain(
    "set_parameter",
    "Sets a parameter of all nodes that follow.",
    &[&[
        must("name", Kind::Text, "The parameter's name."),
        must("value", Kind::Texts, "Its value; the look of it tells its type."),
    ]],
);

static SET_PARAMETERS_FROM_FILE: Rule = plain(
    "set_parameters_from_file",
    "Gives a parameter file to all nodes that follow.",
    &[&[
        must("filename", Kind::Text, "The file, from the launch file's folder if relative."),
        may("allow_substs", Kind::Truth, "Whether substitutions in the file are done."),
    ]],
);

static SET_USE_SIM_TIME: Rule = plain(
    "set_use_sim_time",
    "Sets the parameter `use_sim_time` of all nodes that follow.",
    &[&[must("value", Kind::Truth, "Whether they go by the topic `/clock`.")]],
);

static SET_REMAP: Rule = plain("set_remap", "Remaps a name of all nodes that follow.", &[FROM_AND_TO]);

static SET_ENV: Rule =
    plain("set_env", "Sets an environment variable for all that follows.", &[NAME_AND_VALUE]);

static APPEND_ENV: Rule = plain(
    "append_env",
    "Adds to an environment variable for all that follows.",
    &[
        NAME_AND_VALUE,
        &[
            may("prepend", Kind::Truth, "`true`: puts it before what is there."),
            may("separator", Kind::Text, "What stands between; default: `:`."),
        ],
    ],
);

static UNSET_ENV: Rule = plain(
    "unset_env",
    "Removes an environment variable for all that follows.",
    &[&[must("name", Kind::Text, "The variable.")]],
);

static RESET_ENV: Rule = plain("reset_env", "The environment is again as it was when the launch began.", &[]);

static SET_ROS_LOG_DIR: Rule = plain(
    "set_ros_log_dir",
    "Sets `ROS_LOG_DIR`, where ROS 2 nodes write log files of their own, for all that follows.",
    &[&[must("new_log_dir", Kind::Text, "The folder, below the one in force if relative.")]],
);

static LOG: Rule = plain(
    "log",
    "Says something at the start.",
    &[MESSAGE, &[may("level", Kind::Word(LEVELS), "How important it is; default: `info`.")]],
);

const MESSAGE: &[Attribute] = &[must("message", Kind::Text, "What is said.")];

pub(crate) const LEVELS: &[&str] = &["debug", "info", "warning", "error", "critical"];

static LOG_DEBUG: Rule = plain("log_debug", "Says something that is not shown.", &[MESSAGE]);
static LOG_INFO: Rule = plain("log_info", "Says something at the start.", &[MESSAGE]);
static LOG_WARNING: Rule = plain("log_warning", "Warns at the start.", &[MESSAGE]);
static LOG_ERROR: Rule =
    plain("log_error", "Warns at the start; the circuit starts all the same.", &[MESSAGE]);

static SHUTDOWN: Rule = plain("shutdown", "Nothing is started.", &[&[may("reason", Kind::Text, "Why.")]]);
