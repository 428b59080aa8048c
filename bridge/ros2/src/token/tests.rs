use proptest::prelude::*;

use super::*;

const STRING: &str = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18";
const SET_BOOL: &str = "RIHS01_abe9e4bb6b41b40e6789712c00ec8871923e089af3f667a79992a428cff2da0a";

fn node_token() -> &'static str {
    "@ros2_lv/0/e09d61832b9d06c3b6db1f20e5e9fcb7/0/0/NN/%/%demo/talker"
}

fn publisher_token() -> String {
    format!(
        "@ros2_lv/0/e09d61832b9d06c3b6db1f20e5e9fcb7/0/2/MP/%/%demo/talker/%demo%chatter/std_msgs::msg::dds_::String_/{STRING}/::,10:,:,:,,"
    )
}

fn server_token() -> String {
    format!(
        "@ros2_lv/0/7b312dbac56afbb2a3355ad0e032acd8/0/1/SS/%/%demo/srvnode/%demo%set/std_srvs::srv::dds_::SetBool_/{SET_BOOL}/::,10:,:,:,,"
    )
}

fn endpoint_of(token: &Token) -> &Endpoint {
    match &token.entity {
        Entity::Endpoint(endpoint) => endpoint,
        Entity::Node => panic!("a node"),
    }
}

#[test]
fn the_recorded_tokens_are_read_and_written() {
    for text in [node_token().to_owned(), publisher_token(), server_token()] {
        assert_eq!(Token::parse(&text).unwrap().to_string(), text);
    }

    let node = Token::parse(node_token()).unwrap();
    assert_eq!((node.node.to_string().as_str(), &node.entity), ("/demo/talker", &Entity::Node));
    let publisher = Token::parse(&publisher_token()).unwrap();
    assert_eq!((publisher.place.node, publisher.place.entity), (0, 2));
    let endpoint = endpoint_of(&publisher);
    assert_eq!(endpoint.kind, EndpointKind::Publisher);
    assert_eq!(endpoint.topic.as_str(), "/demo/chatter");
    assert_eq!(endpoint.carried.name, "std_msgs/msg/String");
    assert_eq!(endpoint.qos.depth, 10);
    assert_eq!(endpoint_of(&Token::parse(&server_token()).unwrap()).kind, EndpointKind::Server);
}

#[test]
fn a_gid_follows_from_the_exact_token() {
    let text = publisher_token();
    let token = Token::parse(&text).unwrap();

    // Recorded with the token in the specification.
    assert_eq!(token.gid().to_string(), "cba684eb415f85576335ea233f22875b");
    assert_eq!(Gid::of_token(&text), token.gid());
    assert_ne!(Gid::of_token(&text.replace("/2/MP", "/3/MP")), token.gid());
}

#[test]
fn gids_are_the_128_bits_of_xxh3() {
    for (text, gid) in GOLDEN_GIDS {
        assert_eq!(Gid::of_token(text).to_string(), gid, "{text}");
    }
}

/// Made by another implementation of XXH3.
const GOLDEN_GIDS: [(&str, &str); 3] = [
    ("", "7f498d4624c30160d8984701d306aa99"),
    ("abc", "50392f89945faf7885613a73b65ab006"),
    ("@ros2_lv/0/e09d61832b9d06c3b6db1f20e5e9fcb7/0/0/NN/%/%demo/talker", "d088440672cff89c5a15e5e7d655be60"),
];

#[test]
fn chunks_behind_the_thirteenth_are_passed_over() {
    let text = publisher_token();
    let with_more = Token::parse(&format!("{text}/_buf:cpu,cuda/more"));
    assert_eq!(with_more, Token::parse(&text));
}

#[test]
fn what_is_no_token_is_told() {
    let publisher = publisher_token();
    let cut = |chunks: usize| publisher.split('/').take(chunks).collect::<Vec<_>>().join("/");
    for (text, part) in [
        (String::new(), "empty"),
        (cut(5), "chunks"),
        (cut(8), "8 chunks"),
        (cut(9), "13"),
        (cut(12), "13"),
        (publisher.replace("talker", ""), "chunk 8 is empty"),
        (publisher.replace("@ros2_lv", "@other"), "token"),
        (publisher.replace("lv/0/", "lv/-1/"), "domain"),
        (publisher.replace("lv/0/", "lv/4294967296/"), "domain"),
        (publisher.replace("e09d", "E09D"), "session"),
        (publisher.replace("/2/", "/x/"), "entity id"),
        (publisher.replace("/MP/", "/XX/"), "kind"),
        (publisher.replace("talker", "1talker"), "name"),
        (publisher.replace("%demo%chatter", "demo"), "name"),
        (publisher.replace("::String_", "::String"), "type"),
        (publisher.replace(STRING, "a*b"), "hash"),
        (publisher.replace("::,10", "9::,10"), "quality"),
        ("a/".repeat(4000), "bytes"),
    ] {
        let error = Token::parse(&text).unwrap_err();
        let said = format!(
            "{error} {}",
            std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
        );
        assert!(said.contains(part), "{text}: {said}");
    }
}

#[test]
fn an_error_quotes_little_of_a_strangers_text() {
    let text = publisher_token().replace("/MP/", &format!("/{}/", "X".repeat(3000)));
    assert!(Token::parse(&text).unwrap_err().to_string().len() < 200);
}

prop_compose! {
    fn any_token()(
        (domain, node, entity) in any::<(u32, u64, u64)>(),
        session in "[0-9a-f]{1,32}",
        namespace in "(/[a-z_][a-z0-9_]{0,9}){0,3}",
        base in "[a-z_][a-zA-Z0-9_]{0,20}",
        topic in "(/[a-z_][a-z0-9_]{0,9}){1,4}",
        kind in 0usize..5,
    ) -> Token {
        let entity_kind = EndpointKind::ALL.get(kind).map_or(Entity::Node, |(kind, _)| {
            Entity::Endpoint(Endpoint {
                kind: *kind,
                topic: TopicName::absolute(&topic).unwrap(),
                carried: TypeInfo { name: "a/msg/B".to_owned(), hash: STRING.to_owned() },
                qos: WireQos::default(),
            })
        });
        Token {
            place: Place { domain, session, node, entity },
            enclave: Namespace::root(),
            node: NodeName::new(Namespace::parse(&namespace).unwrap(), &base).unwrap(),
            entity: entity_kind,
        }
    }
}

proptest! {
    #[test]
    fn tokens_come_back(token in any_token()) {
        prop_assert_eq!(Token::parse(&token.to_string()), Ok(token));
    }

    #[test]
    fn a_token_with_any_byte_changed_is_an_answer(at in 0usize..200, byte in 0u8..128) {
        let mut text = publisher_token().into_bytes();
        let at = at % text.len();
        text[at] = byte;
        let text = String::from_utf8(text).unwrap();
        if let Ok(token) = Token::parse(&text) {
            prop_assert!(Token::parse(&token.to_string()).is_ok());
        }
    }

    #[test]
    fn any_text_is_an_answer(text in "\\PC{0,200}") {
        let _ = Token::parse(&text);
    }

    #[test]
    fn any_chunks_are_an_answer(chunks in prop::collection::vec("[@a-zA-Z0-9_%:,*]{0,12}", 0..16)) {
        let _ = Token::parse(&chunks.join("/"));
    }
}
