//! The colours of pictures: after Okabe and Ito, so that people who see colours differently can tell them apart. None of
//! them carries a meaning alone: signs, words, and the kind of line say the same.

use super::Ended;
use crate::asl::StateType;

/// A colour by day and by night.
#[derive(Clone, Copy)]
pub(super) struct Colour {
    pub(super) light: &'static str,
    pub(super) dark: &'static str,
}

/// A strong colour for lines and signs, and a tint of it for surfaces.
#[derive(Clone, Copy)]
pub(super) struct Hue {
    pub(super) strong: Colour,
    pub(super) tint: Colour,
}

const fn colour(light: &'static str, dark: &'static str) -> Colour {
    Colour { light, dark }
}

const fn hue(strong: (&'static str, &'static str), tint: (&'static str, &'static str)) -> Hue {
    Hue {
        strong: colour(strong.0, strong.1),
        tint: colour(tint.0, tint.1),
    }
}

const BLUE: Hue = hue(("#0072b2", "#6cb6e8"), ("#e3f0f9", "#12344b"));
const ORANGE: Hue = hue(("#a86a00", "#f0b545"), ("#fdf1da", "#46340f"));
const GREEN: Hue = hue(("#007a59", "#4cc9a4"), ("#e0f3ed", "#0e3b2f"));
const VERMILION: Hue = hue(("#b84a00", "#ff9a5c"), ("#fce9de", "#4a2410"));
const PURPLE: Hue = hue(("#9a4a78", "#e3a0c6"), ("#f8eaf2", "#43233a"));
const SKY: Hue = hue(("#1f7fae", "#86cdf2"), ("#e2f3fc", "#17394c"));
const YELLOW: Hue = hue(("#7a6a00", "#e6d74f"), ("#f8f4d3", "#3a3510"));
const GREY: Hue = hue(("#5c6773", "#aab4c0"), ("#eef0f3", "#2b323b"));

/// The hue of a type of state.
pub(super) const fn of_type(state_type: StateType) -> Hue {
    match state_type {
        StateType::Task => BLUE,
        StateType::Choice => ORANGE,
        StateType::Parallel => PURPLE,
        StateType::Map => SKY,
        StateType::Pass => GREY,
        StateType::Wait => YELLOW,
        StateType::Succeed => GREEN,
        StateType::Fail => VERMILION,
    }
}

/// The hue of an ending.
pub(super) const fn of_ending(ended: Ended) -> Hue {
    match ended {
        Ended::NotReached => GREY,
        Ended::Succeeded => GREEN,
        Ended::Caught => ORANGE,
        Ended::Running => BLUE,
        Ended::Aborted => PURPLE,
        Ended::TimedOut => YELLOW,
        Ended::Failed => VERMILION,
    }
}

/// The page, what lies on it, and what is written there.
const PAGE: Colour = colour("#ffffff", "#0d1117");
const CARD: Colour = colour("#ffffff", "#161b22");
const INSET: Colour = colour("#f6f8fa", "#0f141b");
const EDGE: Colour = colour("#c9d1d9", "#3d4652");
const INK: Colour = colour("#1f2328", "#e6edf3");
const MUTED: Colour = colour("#57606a", "#9aa5b1");
const LINE: Colour = colour("#6e7781", "#8b949e");

/// The part of a picture's style sheet that does not depend on light.
const SHAPES: &str = "\
text{font-family:Helvetica,Arial,sans-serif;font-size:11px}
.name{font-size:13px;font-weight:600}
.card,.cluster,.pill{stroke-width:1}
.cluster{stroke-dasharray:2 3}
.icon{stroke-width:1.7;fill:none;stroke-linecap:round;stroke-linejoin:round}
.link{fill:none;stroke-width:1.4;stroke-linejoin:round}
.link.Catch,.pill.Catch{stroke-dasharray:5 4}
.run .link{opacity:.45}.run .head{opacity:.45}.run .unseen{opacity:.6}
.run .taken{opacity:1}.run .link.taken{stroke-width:2.8}
.unseen .card{stroke-dasharray:3 3}
.sign{stroke:#fff;stroke-width:2.2;fill:none;stroke-linecap:round;stroke-linejoin:round}
.halt{font-weight:600}
";

/// The style sheet. Night follows day in one block of its own, with whole rules instead of variables: programs that
/// know neither draw the day.
pub(super) fn style_sheet() -> String {
    let mut sheet = String::from(SHAPES);
    sheet.push_str(&colours(|colour| colour.light));
    sheet.push_str("@media (prefers-color-scheme:dark){\n");
    sheet.push_str(&colours(|colour| colour.dark));
    sheet.push_str(".sign{stroke:#0d1117}\n}\n");
    sheet
}

fn colours(of: impl Fn(Colour) -> &'static str) -> String {
    let mut rules = vec![
        format!(".page{{fill:{}}}", of(PAGE)),
        format!("text{{fill:{}}}", of(MUTED)),
        format!(".name{{fill:{}}}", of(INK)),
        format!(".card{{fill:{};stroke:{}}}", of(CARD), of(EDGE)),
        format!(".cluster{{fill:{};stroke:{}}}", of(INSET), of(EDGE)),
        format!(".pill{{fill:{};stroke:{}}}", of(CARD), of(EDGE)),
        format!(".label{{fill:{}}}", of(INK)),
        format!(".link{{stroke:{}}}.head{{fill:{0}}}", of(LINE)),
        format!(
            ".link.Catch{{stroke:{0}}}.head.Catch{{fill:{0}}}",
            of(VERMILION.strong)
        ),
        format!(".pill.Catch{{stroke:{}}}", of(VERMILION.strong)),
        format!(".link.taken{{stroke:{0}}}.head.taken{{fill:{0}}}", of(INK)),
        format!(
            ".link.Catch.taken{{stroke:{0}}}.head.Catch.taken{{fill:{0}}}",
            of(VERMILION.strong)
        ),
        format!(
            ".dot{{fill:{}}}.ring{{fill:none;stroke:{0};stroke-width:1.6}}",
            of(INK)
        ),
        format!(".error{{fill:{}}}", of(VERMILION.strong)),
    ];
    rules.extend(hues(&of));
    rules.push(String::new());
    rules.join("\n")
}

/// The colours that tell types and endings apart.
fn hues(of: impl Fn(Colour) -> &'static str) -> Vec<String> {
    let mut rules = Vec::new();
    for state_type in StateType::ALL {
        let hue = of_type(state_type);
        rules.push(format!(
            ".{state_type} .tile{{fill:{}}}.{state_type} .icon{{stroke:{}}}",
            of(hue.tint),
            of(hue.strong)
        ));
    }
    rules.push(format!(".run .tile{{fill:{}}}", of(CARD)));
    for ended in Ended::ALL.into_iter().skip(1) {
        let (hue, name) = (of_ending(ended), class(ended));
        rules.push(format!(
            ".{name}>.card{{fill:{};stroke:{strong}}}.{name}>.badge{{fill:{strong}}}",
            of(hue.tint),
            strong = of(hue.strong)
        ));
    }
    rules
}

/// The class of what ended that way.
pub(super) const fn class(ended: Ended) -> &'static str {
    match ended {
        Ended::NotReached => "unseen",
        Ended::Succeeded => "ok",
        Ended::Caught => "caught",
        Ended::Running => "running",
        Ended::Aborted => "aborted",
        Ended::TimedOut => "late",
        Ended::Failed => "failed",
    }
}
