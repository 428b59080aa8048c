//! The builder a build script uses.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Error,
    emit::{self, Emitter, InPlace},
    expand,
    model::Interfaces,
    rust_type::Paths,
    source,
};

/// The stock texts. They stand beside this crate in its repository, wherever Cargo put that.
const STOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../idl");

/// Makes Rust types of interface texts.
///
/// A type that holds an unbounded number sequence can be written in place; see `vc_cdr::InPlace` for which sequence.
#[derive(Debug)]
pub struct Build {
    packages: Vec<(String, PathBuf)>,
    known: Vec<(String, PathBuf, String)>,
    stock: Option<&'static str>,
    cdr: String,
    in_place: InPlace,
}

impl Default for Build {
    fn default() -> Self {
        Self::new()
    }
}

impl Build {
    /// Begins with nothing to generate; the stock packages can be referred to.
    pub fn new() -> Self {
        Self {
            packages: Vec::new(),
            known: Vec::new(),
            stock: Some("::vc_msgs"),
            cdr: "::vc_msgs::cdr".to_owned(),
            in_place: InPlace::Eligible,
        }
    }

    /// Begins with all stock packages to generate: what `vc-msgs` itself is made with.
    pub fn stock() -> Self {
        Self { stock: None, cdr: "::vc_cdr".to_owned(), ..Self::new() }
    }

    /// Generates the `.msg`, `.srv` and `.action` files in `folder`, or in its `msg`, `srv` and `action` folders.
    ///
    /// `name` is the package's ROS 2 name. `folder` counts from the crate whose build script runs.
    #[must_use]
    pub fn package(mut self, name: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        self.packages.push((name.into(), folder.into()));
        self
    }

    /// Lets the texts refer to a package that another crate generated; `path` leads to the module that holds it.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), vc_msggen::Error> {
    /// vc_msggen::Build::new()
    ///     .depends_on("arm_msgs", "../arm/msgs", "::arm")
    ///     .package("cell_msgs", "msgs")
    ///     .emit()
    /// # }
    /// ```
    #[must_use]
    pub fn depends_on(
        mut self,
        name: impl Into<String>,
        folder: impl Into<PathBuf>,
        path: impl Into<String>,
    ) -> Self {
        self.known.push((name.into(), folder.into(), path.into()));
        self
    }

    /// Gives only the named messages, such as `sensor_msgs/msg/Image`, an in-place layout. Without this, each that can.
    #[must_use]
    pub fn in_place_only<const N: usize>(mut self, names: [&str; N]) -> Self {
        self.in_place = InPlace::Only(names.map(str::to_owned).to_vec());
        self
    }

    /// Generates, and writes the result to where Cargo wants it; the crate takes it in by `include_messages!`.
    ///
    /// # Errors
    /// [`Error`] with file and line if a text is wrong, or if files cannot be read or written.
    pub fn emit(&self) -> Result<(), Error> {
        let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?);
        self.generate()?.write(&out)?;
        for folder in self.folders()?.into_iter().map(|(_, folder, _)| folder) {
            tell_cargo(&folder);
        }
        Ok(())
    }

    /// Generates without writing anything.
    ///
    /// # Errors
    /// [`Error`] with file and line if a text is wrong or cannot be read.
    pub fn generate(&self) -> Result<Generated, Error> {
        let folders = self.folders()?;
        let mut interfaces = Interfaces::default();
        let mut elsewhere = BTreeMap::new();
        for (package, _, path) in &folders {
            if let Some(path) = path {
                elsewhere.insert(package.clone(), path.clone());
            }
        }
        // What is only referred to comes first: `expand` forgets services and actions nobody wants generated.
        for wanted in [false, true] {
            for (package, folder, _) in folders.iter().filter(|(_, _, path)| path.is_none() == wanted) {
                for source in source::read_package(folder)? {
                    expand::add(&mut interfaces, package, &source, wanted)?;
                }
            }
        }
        let paths = Paths { cdr: self.cdr.clone(), elsewhere };
        self.check_in_place(&interfaces)?;
        let emitter = Emitter { interfaces: &interfaces, paths: &paths, in_place: &self.in_place };
        let mut files = BTreeMap::new();
        let mut root = String::new();
        for (package, _, _) in folders.iter().filter(|(_, _, path)| path.is_none()) {
            let _ = writeln!(
                root,
                "/// ROS 2 package `{package}`.\npub mod {package} {{ include!(\"{package}.rs\"); }}\n"
            );
            files.insert(PathBuf::from(format!("{package}.rs")), emitter.package(package)?);
        }
        files.insert(PathBuf::from("messages.rs"), root);
        files.insert(PathBuf::from("every_type.rs"), emit::every_type(&interfaces));
        for name in &interfaces.messages {
            files.insert(PathBuf::from(format!("{name}.txt")), interfaces.schema(name)?);
        }
        Ok(Generated { files })
    }

    /// All packages with their folders, and where they are if they are not to be generated.
    fn folders(&self) -> Result<Vec<(String, PathBuf, Option<String>)>, Error> {
        let mut folders = Vec::new();
        for package in stock_packages()? {
            let folder = Path::new(STOCK).join(&package);
            folders.push((package, folder, self.stock.map(str::to_owned)));
        }
        for (package, folder, path) in &self.known {
            folders.push((package.clone(), folder.clone(), Some(path.clone())));
        }
        for (package, folder) in &self.packages {
            let is_first = |c: char| c.is_ascii_lowercase();
            if !package.starts_with(is_first)
                || !package.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            {
                return Err(Error::Name { name: package.clone() });
            }
            // A user's own version of a stock package takes its place.
            folders.retain(|(known, _, _)| known != package);
            folders.push((package.clone(), folder.clone(), None));
        }
        Ok(folders)
    }

    fn check_in_place(&self, interfaces: &Interfaces) -> Result<(), Error> {
        let InPlace::Only(names) = &self.in_place else { return Ok(()) };
        for wanted in names {
            let name = interfaces.messages.iter().find(|name| name.to_string() == *wanted);
            let definition = name.and_then(|name| interfaces.definitions.get(name));
            if definition.and_then(emit::region).is_none() {
                return Err(Error::NotInPlace { name: wanted.clone() });
            }
        }
        Ok(())
    }
}

fn stock_packages() -> Result<Vec<String>, Error> {
    let failed = |source| Error::Read { path: STOCK.into(), source };
    let mut packages = Vec::new();
    for entry in fs::read_dir(STOCK).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().is_dir() {
            packages.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    packages.sort();
    Ok(packages)
}

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to Cargo")]
fn tell_cargo(folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
}

/// Generated files by their path below the output folder. `messages.rs` includes the others.
#[derive(Debug)]
pub struct Generated {
    files: BTreeMap<PathBuf, String>,
}

impl Generated {
    /// Path and text of each file.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Writes the files below `folder`. Those that would not change are left alone.
    ///
    /// # Errors
    /// [`Error::Write`] if a file or folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        for (path, text) in &self.files {
            let path = folder.join(path);
            let failed = |source| Error::Write { path: path.clone(), source };
            if fs::read_to_string(&path).is_ok_and(|old| old == *text) {
                continue;
            }
            fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
            fs::write(&path, text).map_err(failed)?;
        }
        Ok(())
    }
}
