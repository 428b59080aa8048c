//! The picture of a plan, drawn by ourselves: light or dark as the reader's screen is.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::cards::{Card, HEAD, Line, Row, cards, row_y, short_type};
use super::layout::{Layout, Route};
use super::machines::{Frame, framed};
use crate::plan::Plan;

const MARGIN: f64 = 28.0;
/// One colour a type, readable on light and dark.
const COLOURS: [&str; 8] =
    ["#3b82f6", "#10a37f", "#a855f7", "#ea7a2f", "#e0487f", "#0ea5b7", "#a3860f", "#7286a0"];

const STYLE: &str = "
  text { font-family: Inter, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif; }
  .page { fill: #f7f9fc; }
  .card { fill: #ffffff; stroke: #cdd6e2; stroke-width: 1.2; }
  .machine { fill: none; stroke: #94a3b8; stroke-width: 1.2; stroke-dasharray: 2 4; }
  .head { fill: #eef2f8; }
  .rule { stroke: #dde4ee; stroke-width: 1; }
  .foreign { stroke-dasharray: 5 4; }
  .title { fill: #18212f; font-size: 15px; font-weight: 600; }
  .block { fill: #64748b; font-size: 11.5px; }
  .port { fill: #334155; font-size: 13px; }
  .free { fill: #94a3b8; }
  .hole { fill: #ffffff; }
  .wire { fill: none; stroke-width: 2; stroke-linecap: round; }
  .type { fill: #52617a; font-size: 11px; stroke: #f7f9fc; stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0f141b; }
    .card { fill: #1a212c; stroke: #36424f; }
    .head { fill: #232d3a; }
    .rule { stroke: #313c4a; }
    .title { fill: #eef3f9; }
    .block { fill: #93a4b8; }
    .port { fill: #cfd9e5; }
    .free { fill: #6b7c90; }
    .hole { fill: #1a212c; }
    .type { fill: #9fb0c4; stroke: #0f141b; }
  }
";

/// The plan as an SVG picture that needs nothing else: no fonts, scripts or links.
pub fn svg(plan: &Plan) -> String {
    let (cards, lines) = cards(plan);
    let (layout, frames) = framed(plan, &cards, &lines);
    let colours = colours(&cards, &lines);
    let (width, height) = (layout.width + 2.0 * MARGIN, layout.height + 2.0 * MARGIN);
    let name = plan.file.file_name().unwrap_or_default().to_string_lossy();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"14\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\">\n",
        escaped(&format!("circuit of {name}")),
    );
    for frame in &frames {
        draw_frame(&mut out, frame);
    }
    let mut labels = String::new();
    let mut labelled = HashSet::new();
    for (line, route) in lines.iter().zip(&layout.lines) {
        let colour = colour(&colours, &line.type_name);
        let _ = writeln!(out, "<path class=\"wire\" stroke=\"{colour}\" d=\"{}\"/>", path(route));
        // One label for all the wires of an output.
        if labelled.insert(line.from) && !line.type_name.is_empty() {
            label(&mut labels, route, &line.type_name);
        }
    }
    out.push_str(&labels);
    draw_cards(&mut out, &cards, &layout, &colours);
    out.push_str("</g>\n</svg>\n");
    out
}

fn draw_frame(out: &mut String, frame: &Frame) {
    let Frame { y, width, height, .. } = frame;
    let _ = writeln!(
        out,
        "<rect class=\"machine\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"12\"/>\
         <text class=\"block\" x=\"14\" y=\"{:.1}\">{}</text>",
        y + 19.0,
        escaped(&clipped(&frame.title, 64)),
    );
}

fn draw_cards(out: &mut String, cards: &[Card], layout: &Layout, colours: &HashMap<&str, &str>) {
    for (card, (x, y)) in cards.iter().zip(&layout.cards) {
        let _ = writeln!(out, "<g transform=\"translate({x:.1} {y:.1})\">");
        draw_card(out, card);
        for (index, row) in card.inputs.iter().enumerate() {
            draw_row(out, row, (0.0, row_y(index)), (14.0, "start"), colour(colours, &row.type_name));
        }
        for (index, row) in card.outputs.iter().enumerate() {
            let edge = (card.width, row_y(index));
            draw_row(out, row, edge, (-14.0, "end"), colour(colours, &row.type_name));
        }
        out.push_str("</g>\n");
    }
}

fn draw_card(out: &mut String, card: &Card) {
    let (w, h) = (card.width, card.height);
    let foreign = if card.foreign { " foreign" } else { "" };
    let _ = writeln!(out, "<rect class=\"card{foreign}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"10\"/>");
    if h > HEAD {
        let right = w - 0.6;
        let _ = writeln!(
            out,
            "<path class=\"head\" d=\"M0.6 {HEAD} V10 A9.4 9.4 0 0 1 10 0.6 H{:.1} A9.4 9.4 0 0 1 {right:.1} 10 V{HEAD} Z\"/>\
             <path class=\"rule\" d=\"M0.6 {HEAD} H{right:.1}\"/>",
            w - 10.0,
        );
    }
    let (title, subtitle) = (escaped(&clipped(&card.title, 44)), escaped(&clipped(&card.subtitle, 56)));
    let _ = writeln!(out, "<text class=\"title\" x=\"16\" y=\"22\">{title}</text>");
    let _ = writeln!(out, "<text class=\"block\" x=\"16\" y=\"38\">{subtitle}</text>");
}

fn draw_row(out: &mut String, row: &Row, (x, y): (f64, f64), (inset, anchor): (f64, &str), colour: &str) {
    let (fill, free) =
        if row.wired { (format!("fill=\"{colour}\""), "") } else { ("class=\"hole\"".into(), " free") };
    let _ = writeln!(
        out,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" {fill} stroke=\"{colour}\" stroke-width=\"2\"/>\
         <text class=\"port{free}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
        x + inset,
        y + 4.5,
        escaped(&clipped(&row.name, 32)),
    );
}

/// The way of a wire, as a path of curves.
fn path(route: &Route) -> String {
    match route {
        Route::Forward(points) => {
            let mut d = String::new();
            for (index, (x, y)) in points.iter().enumerate() {
                let Some((px, py)) = index.checked_sub(1).map(|before| points[before]) else {
                    let _ = write!(d, "M{x:.1} {y:.1}");
                    continue;
                };
                let pull = ((x - px) * 0.5).max(18.0);
                let _ = write!(d, " C{:.1} {py:.1} {:.1} {y:.1} {x:.1} {y:.1}", px + pull, x - pull);
            }
            d
        }
        Route::Back { from: (fx, fy), to: (tx, ty), below } => {
            let r = 14.0;
            let (right, left) = (fx + 24.0, tx - 24.0);
            format!(
                "M{fx:.1} {fy:.1} H{:.1} Q{right:.1} {fy:.1} {right:.1} {:.1} V{:.1} Q{right:.1} {below:.1} {:.1} {below:.1} \
                 H{:.1} Q{left:.1} {below:.1} {left:.1} {:.1} V{:.1} Q{left:.1} {ty:.1} {:.1} {ty:.1} H{tx:.1}",
                right - r,
                fy + r,
                below - r,
                right - r,
                left + r,
                below - r,
                ty + r,
                left + r,
            )
        }
    }
}

/// The type: at the middle of a straight wire, else beside the output that the wires fan out from.
fn label(out: &mut String, route: &Route, type_name: &str) {
    let (x, y, anchor) = match route {
        Route::Forward(points) => {
            let ((ax, ay), (bx, by)) = (points[0], points[1]);
            if (ay - by).abs() < 6.0 {
                (f64::midpoint(ax, bx), ay, "middle")
            } else {
                (ax + 12.0, ay, "start")
            }
        }
        Route::Back { from, to, below } => (f64::midpoint(from.0, to.0), *below, "middle"),
    };
    let text = escaped(&clipped(&short_type(type_name), 60));
    let y = y - 9.0;
    let _ = writeln!(
        out,
        "<text class=\"type\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// A colour for each type, in the order in which they appear.
fn colours<'a>(cards: &'a [Card], lines: &'a [Line]) -> HashMap<&'a str, &'static str> {
    let mut colours = HashMap::new();
    let rows = cards.iter().flat_map(|card| card.outputs.iter().chain(&card.inputs));
    let types = lines.iter().map(|line| &line.type_name).chain(rows.map(|row| &row.type_name));
    for type_name in types {
        let next = COLOURS[colours.len() % COLOURS.len()];
        colours.entry(type_name.as_str()).or_insert(next);
    }
    colours
}

fn colour<'a>(colours: &HashMap<&str, &'a str>, type_name: &str) -> &'a str {
    colours.get(type_name).copied().unwrap_or(COLOURS[7])
}

fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

fn escaped(text: &str) -> String {
    let allowed = |c: &char| !c.is_control();
    text.chars().filter(allowed).fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            plain => out.push(plain),
        }
        out
    })
}
