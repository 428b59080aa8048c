use vc_relay::status::{Denied, Link};

use super::*;

fn topic(name: &str, way: Way, there: &[&str], is_open: bool, samples: u64) -> Topic {
    let node = |node: &&str| NodeThere { node: (*node).to_owned(), session: "fedcba9876543210".to_owned() };
    Topic {
        name: name.to_owned(),
        type_name: "std_msgs/msg/String".to_owned(),
        way,
        here: vec!["/here".to_owned()],
        there: there.iter().map(node).collect(),
        is_open,
        samples,
        bytes: samples * 1000,
        losses: [].into(),
    }
}

fn status(topics: Vec<Topic>) -> Status {
    Status {
        version: "0.1.0".to_owned(),
        domain: 7,
        wire_domain: 7,
        session: "0123456789abcdef".to_owned(),
        place: "router on tcp/127.0.0.1:7447".to_owned(),
        own: None,
        links: vec![],
        nodes_here: vec!["/here".to_owned()],
        nodes_there: [("/there".to_owned(), "fedcba9876543210".to_owned())].into(),
        topics,
        denied: vec![],
        topics_there: vec![],
        mismatches: vec![],
        remarks: vec![],
        dds: false,
        interpreter: None,
        tokens_refused: 0,
    }
}

fn report(before: Vec<Topic>, after: Status) -> String {
    Examination { before: status(before), after, between: Duration::from_secs(2) }.report()
}

#[test]
fn each_silence_has_its_reason() {
    let mut after = status(vec![
        topic("/a", Way::Out, &[], false, 0),
        topic("/b", Way::In, &[], false, 0),
        topic("/c", Way::Out, &["/there"], false, 0),
        topic("/d", Way::In, &["/there"], true, 0),
        topic("/e", Way::In, &["/there"], false, 0),
        topic("/f", Way::ToDds, &[], false, 0),
        Topic { here: vec![], ..topic("/f", Way::ToRmw, &["/there"], false, 0) },
    ]);
    after.mismatches = vec!["topic `/e`: they differ".to_owned()];
    after.remarks = vec!["topic `/d`: `/here` here asks for more".to_owned()];
    let here = vec!["/here".to_owned()];
    after.denied = vec![Denied { name: "/secret".to_owned(), way: Way::Out, here }];
    after.topics_there = vec!["/beyond".to_owned()];
    after.dds = true;

    insta::assert_snapshot!(report(vec![], after), @r"
    relay of domain 7, version 0.1.0, session 01234567
    router on tcp/127.0.0.1:7447
    interprets between robots on DDS and rmw_zenoh

    connected
      nobody; start it with `--connect tcp/OTHER:7447`, or with `--listen tcp/0.0.0.0:7447` and let others connect

    nodes
      here      /here
      fedcba98  /there

    leaves this host                                          samples/s        B/s       lost
      /c  std_msgs/msg/String
        silent: /here → /there (fedcba98): they see each other, but no way leads there
      silent: nobody elsewhere subscribes
        /a  std_msgs/msg/String
      /secret
        not allowed by this relay's rules

    comes to this host                                        samples/s        B/s       lost
      /d  std_msgs/msg/String                                       0.0        0 B          0
        /there (fedcba98) → /here; joined, but no sample yet: its publisher is silent
      /e  std_msgs/msg/String
        silent: /here and /there (fedcba98) do not mean the same type, see below
      silent: nobody elsewhere publishes
        /b  std_msgs/msg/String

    passes between others                                     samples/s        B/s       lost
      silent: DDS → rmw_zenoh: nobody on DDS publishes this type
        /f  std_msgs/msg/String
      silent: rmw_zenoh → DDS: nobody on DDS subscribes to this type
        /f  std_msgs/msg/String

    only others have
      /beyond

    problems
      topic `/e`: they differ

    quality of service
      topic `/d`: `/here` here asks for more
    ");
}

#[test]
fn what_flows_has_its_rate_and_losses() {
    let before =
        vec![topic("/a", Way::Out, &["/there"], true, 100), topic("/c", Way::Out, &["/there"], true, 7)];
    let mut now = topic("/a", Way::Out, &["/there"], true, 160);
    now.losses = [("link slower than the publisher".to_owned(), 3)].into();
    let large = Topic { bytes: 373_248_000, ..topic("/b", Way::Out, &["/there", "/x"], true, 60) };
    let mut after = status(vec![now, large, topic("/c", Way::Out, &["/there"], true, 7)]);
    after.links = vec![Link {
        session: "fedcba9876543210".to_owned(),
        role: "router".to_owned(),
        address: "tls/10.0.0.2:7447".to_owned(),
        certificate: Some("arm".to_owned()),
    }];
    after.interpreter = Some("0000000076543210".to_owned());

    insta::assert_snapshot!(report(before, after), @r"
    relay of domain 7, version 0.1.0, session 01234567
    router on tcp/127.0.0.1:7447
    robots on DDS are interpreted to others by the relay of session 00000000

    connected
      router fedcba98  tls/10.0.0.2:7447  certificate arm

    nodes
      here      /here
      fedcba98  /there

    leaves this host                                          samples/s        B/s       lost
      /b  std_msgs/msg/String                                      30.0     187 MB          0
        /here → /there (fedcba98), /x (fedcba98)
      /a  std_msgs/msg/String                                      30.0      30 kB          3
        /here → /there (fedcba98)
        lost 3: link slower than the publisher
      /c  std_msgs/msg/String                                       0.0        0 B          0
        /here → /there (fedcba98); no sample now, 7 so far
      together                                                     60.0     187 MB
    ");
}

#[test]
fn figures_are_as_people_read_them() {
    for (bytes, text) in
        [(0.0, "0 B"), (999.0, "999 B"), (1234.0, "1.2 kB"), (186_624_000.0, "187 MB"), (2e9, "2.0 GB")]
    {
        assert_eq!(people(bytes), text);
    }
    let many: Vec<String> = (0..9).map(|at| format!("/n{at}")).collect();
    assert_eq!(list(&many), "/n0, /n1, /n2, /n3 and 5 more");
    assert_eq!(list(&many[..5]), "/n0, /n1, /n2, /n3, /n4");
    assert_eq!(list(&[]), "none");
}

#[test]
fn who_has_shown_no_certificate_is_told_where_there_are_keys() {
    let link = |certificate: Option<&str>| Link {
        session: "fedcba9876543210".to_owned(),
        role: "router".to_owned(),
        address: "tls/10.0.0.2:7447".to_owned(),
        certificate: certificate.map(str::to_owned),
    };
    let mut after = status(vec![]);
    after.own = Some("operator base".to_owned());
    after.links = vec![link(Some("arm")), link(None)];

    let report = report(vec![], after);

    assert!(report.contains("with the keys of operator base\n"), "{report}");
    assert!(report.contains("tls/10.0.0.2:7447  certificate arm\n"), "{report}");
    assert!(report.contains("tls/10.0.0.2:7447  no certificate: plain"), "{report}");
}
