//! Which column each card stands in: left of everything that it feeds, where there is no cycle.

use super::cards::Line;

/// The columns, and the lines that lead back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layers {
    /// Each card's column.
    pub(super) of: Vec<usize>,
    /// For each line, whether it leads to the same or an earlier column.
    pub(super) back: Vec<bool>,
}

/// Finds the columns.
pub(super) fn layers(cards: usize, lines: &[Line]) -> Layers {
    let back = cycles(cards, lines);
    let forward: Vec<&Line> =
        lines.iter().zip(&back).filter(|(_, back)| !**back).map(|(line, _)| line).collect();
    let mut of = longest_paths(cards, &forward);
    // A source stands close to what it feeds, not at the far left.
    let mut fed = vec![false; cards];
    let mut nearest = vec![usize::MAX; cards];
    for line in &forward {
        fed[line.to.0] = true;
        nearest[line.from.0] = nearest[line.from.0].min(of[line.to.0]);
    }
    for card in (0..cards).filter(|card| !fed[*card] && nearest[*card] != usize::MAX) {
        of[card] = nearest[card].saturating_sub(1);
    }
    Layers { of, back }
}

/// The lines that close a cycle, found by walking depth first in the order written.
fn cycles(cards: usize, lines: &[Line]) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); cards];
    let mut fed = vec![false; cards];
    for (index, line) in lines.iter().enumerate() {
        out[line.from.0].push(index);
        fed[line.to.0] |= line.from.0 != line.to.0;
    }
    let mut back = vec![false; lines.len()];
    let mut seen = vec![Seen::No; cards];
    // Begin at sources: a cycle is then entered where the data enters it.
    let mut starts: Vec<usize> = (0..cards).collect();
    starts.sort_by_key(|card| fed[*card]);
    for start in starts {
        if seen[start] != Seen::No {
            continue;
        }
        seen[start] = Seen::Open;
        let mut path = vec![(start, 0)];
        while let Some((card, next)) = path.last_mut() {
            let Some(line) = out[*card].get(*next).copied() else {
                seen[*card] = Seen::Done;
                path.pop();
                continue;
            };
            *next += 1;
            let to = lines[line].to.0;
            match seen[to] {
                Seen::Open => back[line] = true,
                Seen::No => {
                    seen[to] = Seen::Open;
                    path.push((to, 0));
                }
                Seen::Done => {}
            }
        }
    }
    back
}

/// Each card as far right as the longest way to it is long.
fn longest_paths(cards: usize, lines: &[&Line]) -> Vec<usize> {
    let mut waiting = vec![0_usize; cards];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); cards];
    for line in lines {
        waiting[line.to.0] += 1;
        out[line.from.0].push(line.to.0);
    }
    let mut of = vec![0; cards];
    let mut ready: Vec<usize> = (0..cards).filter(|card| waiting[*card] == 0).collect();
    while let Some(card) = ready.pop() {
        for &to in &out[card] {
            of[to] = of[to].max(of[card] + 1);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                ready.push(to);
            }
        }
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pairs: &[(usize, usize)]) -> Vec<Line> {
        pairs.iter().map(|(a, b)| Line { from: (*a, 0), to: (*b, 0), type_name: String::new() }).collect()
    }

    #[test]
    fn a_chain_goes_from_left_to_right() {
        let found = layers(4, &lines(&[(0, 1), (1, 2), (3, 2)]));
        assert_eq!((found.of, found.back), (vec![0, 1, 2, 1], vec![false; 3]));
    }

    #[test]
    fn a_cycle_is_broken_once() {
        let found = layers(3, &lines(&[(0, 1), (1, 2), (2, 1), (1, 1)]));
        assert_eq!((found.of, found.back), (vec![0, 1, 2], vec![false, false, true, true]));
    }
}
