//! Draws what was found.

use opencv::core::{Point, Scalar};
use opencv::imgproc;
use vc_vision::marks::{Canvas, draw_box};

use crate::objects::Object;

const MAGENTA: (f64, f64, f64) = (255.0, 0.0, 255.0);

/// Draws a box around an object, and above it its name in capitals and how sure it is.
///
/// # Errors
/// OpenCV's own.
pub(crate) fn draw(canvas: &mut Canvas<'_>, object: &Object, names: &[String]) -> opencv::Result<()> {
    draw_box(canvas, object.place, MAGENTA)?;
    let (at, (blue, green, red)) = (Point::new(object.place.x, object.place.y - 10), MAGENTA);
    let (font, colour) = (imgproc::FONT_HERSHEY_SIMPLEX, Scalar::new(blue, green, red, 0.0));
    imgproc::put_text(canvas, &label(object, names), at, font, 0.6, colour, 2, imgproc::LINE_8, false)
}

fn label(object: &Object, names: &[String]) -> String {
    let name = names.get(object.class).cloned().unwrap_or_else(|| object.class.to_string());
    format!("{} {:.0}%", name.to_uppercase(), (object.confidence * 100.0).floor())
}

#[cfg(test)]
mod tests {
    use opencv::core::Rect;

    use super::*;

    #[test]
    fn a_class_without_a_name_is_its_number() {
        let object = Object { class: 1, confidence: 0.879, place: Rect::default() };

        assert_eq!(label(&object, &["cat".to_owned(), "dog".to_owned()]), "DOG 87%");
        assert_eq!(label(&object, &[]), "1 87%");
    }
}
