//! The form of a launch file in XML. What follows from its values is the same for both forms.

use crate::fake::xml_mistakes;

#[test]
fn bad_xml_says_where() {
    insta::assert_snapshot!(xml_mistakes("<launch>\n  <node exec='camera'>\n</launch>\n"), @"
    error: not valid XML: expected 'node' tag, not 'launch'
     --> test.launch.xml:3:1
      |
    3 | </launch>
      | ^
    ");
    insta::assert_snapshot!(xml_mistakes(""), @"
    error: not valid XML: the document does not have a root node
     --> test.launch.xml:1:1
      |
    1 | 
      | ^
    ");
    insta::assert_snapshot!(xml_mistakes("<launch><node exec=camera/></launch>"), @"
    error: not valid XML: expected a quote not 'c'
     --> test.launch.xml:1:20
      |
    1 | <launch><node exec=camera/></launch>
      |                    ^
    ");
    insta::assert_snapshot!(xml_mistakes("<launch><log message='&a;'/></launch>"), @"
    error: not valid XML: unknown entity reference 'a'
     --> test.launch.xml:1:23
      |
    1 | <launch><log message='&a;'/></launch>
      |                       ^
    ");
}

#[test]
fn a_document_type_is_refused() {
    let text = "<!DOCTYPE launch [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>\n<launch>&b;</launch>\n";
    insta::assert_snapshot!(xml_mistakes(text), @"
    error: `<!DOCTYPE …>` is not read: a launch file needs none
     --> test.launch.xml:1:1
      |
    1 | <!DOCTYPE launch [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>
      | ^
    ");
}

#[test]
fn another_root_is_named() {
    insta::assert_snapshot!(xml_mistakes("<robot name='r2'/>"), @"
    error: this is no launch file: it is `<robot>`, not `<launch>`
     --> test.launch.xml:1:2
      |
    1 | <robot name='r2'/>
      |  ^^^^^
    ");
    insta::assert_snapshot!(xml_mistakes("<launch version='1' debug='true'/>"), @"
    error: `launch` has no attribute `debug`
     --> test.launch.xml:1:21
      |
    1 | <launch version='1' debug='true'/>
      |                     ^^^^^
    hint: its only attribute is version
    ");
}

#[test]
fn unknown_words_are_named_with_the_nearest() {
    let text = "
<launch>
  <nod exec='camera'/>
  <node exec='camera' respwan='true'>
    <parm name='width' value='3'/>
  </node>
  <set_env name='a' value='b' value-sep=','/>
  <set_env name='a'>b</set_env>
</launch>
";
    insta::assert_snapshot!(xml_mistakes(text), @"
    error: there is no entry `nod`
     --> test.launch.xml:3:4
      |
    3 |   <nod exec='camera'/>
      |    ^^^
    hint: did you mean `node`?

    error: `node` has no attribute `respwan`
     --> test.launch.xml:4:23
      |
    4 |   <node exec='camera' respwan='true'>
      |                       ^^^^^^^
    hint: did you mean `respawn`?

    error: `node` holds no `<parm>`
     --> test.launch.xml:5:6
      |
    5 |     <parm name='width' value='3'/>
      |      ^^^^
    hint: did you mean `param`?

    error: `set_env` has no attribute `value-sep`
     --> test.launch.xml:7:31
      |
    7 |   <set_env name='a' value='b' value-sep=','/>
      |                               ^^^^^^^^^
    hint: its attributes are name, value, if, unless

    error: `set_env` needs `value`
     --> test.launch.xml:8:4
      |
    8 |   <set_env name='a'>b</set_env>
      |    ^^^^^^^

    error: text has no meaning here: `b`
     --> test.launch.xml:8:21
      |
    8 |   <set_env name='a'>b</set_env>
      |                     ^
    ");
}

#[test]
fn values_have_their_place() {
    let text = r#"
<launch>
  <let name="a" value="1"/>
  <node
    exec="camera" name="$(vra a)">
    <param name="width" value="wide"/>
    <param value="2"/>
  </node>
  <node exec="screen" name="x &quot;y"/>
</launch>
"#;
    insta::assert_snapshot!(xml_mistakes(text), @r#"
    error: `$(vra …)` is no substitution
     --> test.launch.xml:5:25
      |
    5 |     exec="camera" name="$(vra a)">
      |                         ^^^^^^^^
    hint: did you mean `$(var …)`?

    error: parameter `width` is integer, but `wide` is string
     --> test.launch.xml:6:31
      |
    6 |     <param name="width" value="wide"/>
      |                               ^^^^^^
    hint: `width`: the width of the picture

    error: `param` needs `name` or `from`
     --> test.launch.xml:7:6
      |
    7 |     <param value="2"/>
      |      ^^^^^

    error: not a node name: `x "y` holds ` `: only letters, digits and underscores are allowed
     --> test.launch.xml:9:28
      |
    9 |   <node exec="screen" name="x &quot;y"/>
      |                            ^^^^^^
    "#);
}
