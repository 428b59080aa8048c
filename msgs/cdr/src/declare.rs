//! The macros generated code consists of.

/// The part of a [`Field`](crate::Field) whose values, several one behind the other, are [`Items`](crate::Items): looked at one by
/// one.
#[doc(hidden)]
#[macro_export]
macro_rules! many_are_items {
    () => {
        type Refs<'a> = $crate::Items<'a, Self>;

        fn read_many<'a>(
            from: &mut $crate::Reader<'a>,
            count: usize,
        ) -> ::core::result::Result<$crate::Items<'a, Self>, $crate::DecodeError> {
            $crate::Items::read(from, count)
        }

        fn own_many(values: $crate::Items<'_, Self>) -> ::std::vec::Vec<Self::Value> {
            values.to_vec()
        }

        fn own_array<const M: usize>(values: $crate::Items<'_, Self>) -> [Self::Value; M] {
            values.to_array()
        }
    };
}

/// Declares a message: owned struct, view, [`Field`](crate::Field) and [`Message`](crate::Message).
///
/// ```
/// vc_cdr::message! {
///     /// A point with a name.
///     #[serde(crate = "vc_cdr::serde")]
///     Label, LabelView<'a>: "demo_msgs/msg/Label", "RIHS01_…", "string name\nfloat64[<=3] at\n" => {
///         /// `string name`
///         name: String => &'a str,
///         /// `float64[<=3] at [0.5]`
///         at: Vec<f64> as vc_cdr::AtMost<f64, 3> => vc_cdr::Seq<'a, f64> = vec![0.5],
///     }
/// }
///
/// use vc_cdr::Message;
///
/// let mut bytes = [0; 64];
/// let len = Label { name: "corner".into(), at: vec![1.0, 2.0] }.encode(&mut bytes).unwrap();
/// let view = Label::view(&bytes[..len]).unwrap();
/// assert_eq!(view.name(), "corner");
/// assert_eq!(view.at().get(1), Some(2.0));
/// assert_eq!(Label::default().at, [0.5]);
/// ```
///
/// A field is `name: owned type`, then if needed `as` the kind of field that keeps its bound, `=>` what its view
/// returns, `=` its default. `; depth = 4` after the schema changes [`DEFAULT_DEPTH`](crate::Message::DEFAULT_DEPTH).
#[macro_export]
macro_rules! message {
    (
        $(#[$meta:meta])*
        $name:ident, $view:ident<$a:lifetime>: $type_name:literal, $hash:literal, $schema:expr $(; depth = $depth:literal)? => {
            $(
                #[doc = $doc:literal]
                $(#[$field_meta:meta])*
                $field:ident: $ty:ty $(as $kind:ty)? => $ref:ty $(= $default:expr)?,
            )*
        }
    ) => {
        #[derive(Debug, Clone, PartialEq, $crate::serde::Serialize, $crate::serde::Deserialize)]
        $(#[$meta])*
        pub struct $name {
            $(
                #[doc = $doc]
                $(#[$field_meta])*
                pub $field: $ty,
            )*
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::default_of!($ty $(as $kind)? $(= $default)?),)* }
            }
        }

        #[doc = concat!("A reading of [`", stringify!($name), "`] that borrows from checked bytes.")]
        #[derive(Clone, Copy)]
        pub struct $view<$a> {
            $($field: $ref,)*
            bytes_: ::core::marker::PhantomData<&$a [u8]>,
        }

        impl<$a> $view<$a> {
            $(
                #[doc = $doc]
                #[inline]
                pub fn $field(&self) -> $ref {
                    self.$field
                }
            )*
        }

        impl ::core::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish()
            }
        }

        impl $crate::Field for $name {
            type Value = Self;
            type Ref<$a> = $view<$a>;
            const FEWEST: usize = 0 $(+ <$crate::kind_of!($ty $(as $kind)?) as $crate::Field>::FEWEST)*;

            fn blank() -> Self {
                ::core::default::Default::default()
            }

            fn end(value: &Self, at: usize) -> usize {
                $(let at = <$crate::kind_of!($ty $(as $kind)?) as $crate::Field>::end(&value.$field, at);)*
                at
            }

            fn write(value: &Self, to: &mut $crate::Writer<'_>) -> ::core::result::Result<(), $crate::EncodeError> {
                $(
                    <$crate::kind_of!($ty $(as $kind)?) as $crate::Field>::write(&value.$field, to)
                        .map_err(|error| error.in_field(stringify!($field)))?;
                )*
                ::core::result::Result::Ok(())
            }

            fn read<$a>(from: &mut $crate::Reader<$a>) -> ::core::result::Result<$view<$a>, $crate::DecodeError> {
                ::core::result::Result::Ok($view {
                    $($field: <$crate::kind_of!($ty $(as $kind)?) as $crate::Field>::read(from)?,)*
                    bytes_: ::core::marker::PhantomData,
                })
            }

            fn own(view: $view<'_>) -> Self {
                Self { $($field: <$crate::kind_of!($ty $(as $kind)?) as $crate::Field>::own(view.$field),)* }
            }

            $crate::many_are_items!();
        }

        impl $crate::Message for $name {
            const TYPE_NAME: &'static str = $type_name;
            const TYPE_HASH: &'static str = $hash;
            const SCHEMA: &'static str = $schema;
            $(const DEFAULT_DEPTH: u32 = $depth;)?
            type View<$a> = $view<$a>;

            fn view(cdr: &[u8]) -> ::core::result::Result<$view<'_>, $crate::DecodeError> {
                $crate::view_of::<Self>(cdr)
            }

            fn from_view(view: &$view<'_>) -> Self {
                <Self as $crate::Field>::own(*view)
            }
        }
    };
}

/// Declares which number sequence of a message is written in place: [`InPlace`](crate::InPlace).
///
/// The kinds of all fields before and behind it are listed in order, as `message!` knows them.
#[macro_export]
macro_rules! in_place {
    (
        $name:ident {
            $($before:ident: $before_kind:ty,)*
            [$region:ident: $element:ident]
            $($after:ident: $after_kind:ty,)*
        }
    ) => {
        impl $crate::InPlace for $name {
            type Element = $element;
            const REGION: &'static str = stringify!($region);

            fn cdr_size_in_place(&self, len: usize) -> usize {
                $crate::size_with(|at| {
                    $(let at = <$before_kind as $crate::Field>::end(&self.$before, at);)*
                    let at = $crate::end_of_region::<$element>(at, len);
                    $(let at = <$after_kind as $crate::Field>::end(&self.$after, at);)*
                    at
                })
            }

            fn encode_in_place(
                &self,
                len: usize,
                out: &mut [u8],
            ) -> ::core::result::Result<::core::ops::Range<usize>, $crate::EncodeError> {
                let write = |to: &mut $crate::Writer<'_>| {
                    $(
                        <$before_kind as $crate::Field>::write(&self.$before, to)
                            .map_err(|error| error.in_field(stringify!($before)))?;
                    )*
                    to.count(len).map_err(|error| error.in_field(stringify!($region)))?;
                    let region = to.region::<$element>(len)?;
                    $(
                        <$after_kind as $crate::Field>::write(&self.$after, to)
                            .map_err(|error| error.in_field(stringify!($after)))?;
                    )*
                    ::core::result::Result::Ok(region)
                };
                let (region, _) = $crate::encode_with(out, write, || self.cdr_size_in_place(len))?;
                ::core::result::Result::Ok(
                    region.start + $crate::ENCAPSULATION_LEN..region.end + $crate::ENCAPSULATION_LEN,
                )
            }
        }
    };
}

/// The kind of a field: what stands behind `as`, or else the owned type itself.
#[doc(hidden)]
#[macro_export]
macro_rules! kind_of {
    ($ty:ty) => {
        $ty
    };
    ($ty:ty as $kind:ty) => {
        $kind
    };
}

/// The stated default of a field, or else its kind's.
#[doc(hidden)]
#[macro_export]
macro_rules! default_of {
    ($kind:ty) => {
        <$kind as $crate::Field>::blank()
    };
    ($ty:ty as $kind:ty) => {
        <$kind as $crate::Field>::blank()
    };
    ($ty:ty $(as $kind:ty)? = $default:expr) => {
        $default
    };
}
