//! The files of a network: where they are, and what they say.

use std::fs;
use std::path::{Path, PathBuf};

use opencv::dnn::{self, Net};

/// What kind of network it is, which says how its answers are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Darknet: `.weights` and `.cfg`.
    Darknet,
    /// ONNX: `.onnx`.
    Onnx,
}

/// The files of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) format: Format,
    pub(crate) model: PathBuf,
    /// Of Darknet only.
    config: Option<PathBuf>,
    /// The names of what it knows, one a line.
    names: Option<PathBuf>,
}

/// Why there is no network.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    /// None was named.
    #[error(
        "parameter `model` names no network; give the path of a `.weights` file of Darknet or of an `.onnx` file, or of \
         a folder that holds one"
    )]
    None,
    /// A file that cannot be read.
    #[error("cannot read {what} `{}`; networks come from those who train them, none comes with vc", .path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// A folder without.
    #[error("no file in `{}` ends in {endings}", .folder.display())]
    Empty { folder: PathBuf, endings: &'static str },
    /// Another kind of file.
    #[error("`{}` is no network known here: it ends neither in .weights (Darknet) nor in .onnx", .path.display())]
    Kind { path: PathBuf },
    /// Not what it seems.
    #[error("OpenCV cannot make a network of `{}`", .path.display())]
    Format {
        path: PathBuf,
        #[source]
        source: opencv::Error,
    },
}

impl Files {
    /// Finds the files: `model` is a file or a folder with one; `config` and `names`, if empty, lie beside it, under its
    /// name or as the only one of their kind.
    ///
    /// # Errors
    /// [`ModelError`] that names what is missing.
    pub(crate) fn find(model: &str, config: &str, names: &str) -> Result<Self, ModelError> {
        if model.trim().is_empty() {
            return Err(ModelError::None);
        }
        let given = Path::new(model);
        let model = if given.is_dir() {
            let found = only(given, &["weights", "onnx"]);
            found
                .ok_or_else(|| ModelError::Empty { folder: given.to_owned(), endings: ".weights or .onnx" })?
        } else {
            given.to_owned()
        };
        let format = match ending(&model).as_str() {
            "weights" => Format::Darknet,
            "onnx" => Format::Onnx,
            _ => return Err(ModelError::Kind { path: model }),
        };
        readable("the network", &model)?;
        let config = match (format, config) {
            (Format::Onnx, _) => None,
            (Format::Darknet, "") => {
                let folder = model.parent().unwrap_or(Path::new("")).to_owned();
                let found = beside(&model, &["cfg"]);
                Some(
                    found
                        .ok_or(ModelError::Empty { folder, endings: ".cfg, which Darknet's weights need" })?,
                )
            }
            (Format::Darknet, config) => Some(PathBuf::from(config)),
        };
        if let Some(config) = &config {
            readable("the network's description", config)?;
        }
        let names = if names.is_empty() { beside(&model, &["names", "txt"]) } else { Some(names.into()) };
        Ok(Self { format, model, config, names })
    }

    /// Makes the network.
    ///
    /// # Errors
    /// [`ModelError::Format`] if it is none.
    pub(crate) fn net(&self) -> Result<Net, ModelError> {
        let net = match &self.config {
            Some(config) => dnn::read_net_from_darknet(config, &self.model.to_string_lossy()),
            None => dnn::read_net_from_onnx(&self.model),
        };
        net.map_err(|source| ModelError::Format { path: self.model.clone(), source })
    }

    /// The names of what the network knows, in its order; none, if there is no such file.
    ///
    /// # Errors
    /// [`ModelError::File`] if a file that was named cannot be read.
    pub(crate) fn names(&self) -> Result<Vec<String>, ModelError> {
        let Some(path) = &self.names else { return Ok(Vec::new()) };
        let text = fs::read_to_string(path);
        let text = text.map_err(|source| ModelError::File {
            what: "the names of classes",
            path: path.clone(),
            source,
        })?;
        Ok(text.lines().map(|line| line.trim().to_owned()).collect())
    }
}

fn readable(what: &'static str, path: &Path) -> Result<(), ModelError> {
    let opened = fs::File::open(path).map(drop);
    opened.map_err(|source| ModelError::File { what, path: path.to_owned(), source })
}

fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// The file of the same name with one of these endings, or the only one in the folder.
fn beside(model: &Path, endings: &[&str]) -> Option<PathBuf> {
    let same = endings.iter().map(|ending| model.with_extension(ending)).find(|path| path.is_file());
    same.or_else(|| {
        only(model.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")), endings)
    })
}

/// The only file of a folder with one of these endings.
fn only(folder: &Path, endings: &[&str]) -> Option<PathBuf> {
    let all = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut all = all.filter(|path| endings.contains(&ending(path).as_str()));
    all.next().filter(|_| all.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), "cat\n dog \n").unwrap();
        }
        folder
    }

    fn find(folder: &tempfile::TempDir, model: &str) -> Result<Files, ModelError> {
        Files::find(&folder.path().join(model).to_string_lossy(), "", "")
    }

    #[test]
    fn a_folder_is_enough() {
        let folder = folder(&["tiny.weights", "yolo.cfg", "coco.names", "readme.md"]);

        let found = find(&folder, "").unwrap();

        assert_eq!(found.format, Format::Darknet);
        assert!(
            found.model.ends_with("tiny.weights") && found.config.as_ref().unwrap().ends_with("yolo.cfg")
        );
        assert_eq!(found.names().unwrap(), ["cat", "dog"]);
        assert_eq!(find(&folder, "tiny.weights").unwrap(), found);
    }

    #[test]
    fn the_file_of_the_same_name_is_meant_where_there_are_several() {
        let folder = folder(&["a.weights", "a.cfg", "b.weights", "b.cfg", "c.onnx", "c.txt"]);

        let found = find(&folder, "b.weights").unwrap();
        assert!(found.config.unwrap().ends_with("b.cfg"));
        assert!(find(&folder, "").unwrap_err().to_string().contains("ends in .weights or .onnx"));
        let found = find(&folder, "c.onnx").unwrap();
        assert_eq!((found.format, found.config.is_none(), found.names.is_some()), (Format::Onnx, true, true));
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = folder(&["a.weights", "picture.png"]);
        let said = |found: Result<Files, ModelError>| found.unwrap_err().to_string();

        assert!(said(Files::find("", "", "")).contains("names no network"));
        assert!(said(find(&folder, "no.onnx")).contains("no.onnx`; networks come from"));
        assert!(said(find(&folder, "picture.png")).contains("neither in .weights"));
        assert!(said(find(&folder, "a.weights")).contains("ends in .cfg"));
        let path = folder.path().join("a.weights").to_string_lossy().into_owned();
        assert!(said(Files::find(&path, "/no/where.cfg", "")).contains("description `/no/where.cfg`"));
        assert!(Files::find(&path, &path, "/no/names").unwrap().names().is_err());
        assert!(Files::find(&path, &path, "").unwrap().net().is_err());
    }
}
