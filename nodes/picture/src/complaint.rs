//! Says once what is wrong with pictures that come thirty times a second.

use crate::PictureError;

/// Skips what is no picture, and logs why when the reason is a new one.
///
/// A node that ended over a bad message could be ended by anybody who can send one; a node that logged each of them
/// would bury everything else.
#[derive(Debug, Default)]
pub struct Complaint(Option<PictureError>);

impl Complaint {
    /// The picture, if it is one.
    pub fn hear<T>(&mut self, picture: Result<T, PictureError>) -> Option<T> {
        match picture {
            Ok(picture) => {
                self.0 = None;
                Some(picture)
            }
            Err(error) => {
                if self.is_news(&error) {
                    tracing::error!(error = &error as &dyn std::error::Error, "pictures are skipped");
                }
                self.0 = Some(error);
                None
            }
        }
    }

    fn is_news(&self, error: &PictureError) -> bool {
        self.0.as_ref() != Some(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_is_told_once_until_a_picture_comes() {
        let trouble = || PictureError::Empty { width: 0, height: 1 };
        let mut complaint = Complaint::default();
        assert!(complaint.is_news(&trouble()));

        assert_eq!(complaint.hear::<()>(Err(trouble())), None);
        assert!(!complaint.is_news(&trouble()));
        assert!(complaint.is_news(&PictureError::Empty { width: 2, height: 0 }));

        assert_eq!(complaint.hear(Ok(3)), Some(3));
        assert!(complaint.is_news(&trouble()));
    }
}
