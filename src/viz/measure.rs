//! How wide a text is, roughly: pictures are laid out where no font is at hand.
//!
//! Widths are those of Helvetica and the fonts made to its measure, a little more for the wider ones that may stand in.

/// Widths of the printable ASCII characters, in thousandths of the font's size.
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// What other fonts need more than Helvetica.
const ROOM: f64 = 1.08;

/// The width of a text at a size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let thousandths: f64 = text.chars().map(advance).sum();
    thousandths * size * ROOM / 1_000.0
}

/// Shortens a text to a width, with an ellipsis in its middle.
pub(super) fn fit(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let mut room = text.chars().count();
    loop {
        // Characters are at least a fifth of the size wide: from a long text, many are taken at once.
        let over = width(&super::words::shorten(text, room), size) - most;
        if over <= 0.0 || room <= 2 {
            return super::words::shorten(text, room);
        }
        room = room.saturating_sub(1 + (over / size / 2.0) as usize).max(2);
    }
}

fn advance(character: char) -> f64 {
    match character {
        ' '..='~' => f64::from(ASCII[character as usize - 32]),
        // Combining marks take no room of their own.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        // Scripts whose characters are as wide as they are high, and pictographs.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{3fffd}' => 1_000.0,
        '…' => 1_000.0,
        _ => 620.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_are_wider() {
        assert!(width("WWW", 10.0) > 2.0 * width("iii", 10.0));
        assert!(width("状態", 10.0) >= 20.0);
        assert_eq!(width("e\u{301}", 10.0), width("e", 10.0));
    }

    #[test]
    fn a_text_is_shortened_until_it_fits() {
        let name = "W".repeat(80);
        let fitted = fit(&name, 13.0, 200.0);
        assert!(width(&fitted, 13.0) <= 200.0 && width(&fitted, 13.0) > 160.0);
        assert!(fitted.contains('…'));
        assert_eq!(fit("short", 13.0, 200.0), "short");
    }
}
