//! The Map state.

use super::distributed::{self, Mode};
use super::reader::{Reader, Spanned};
use super::state::amount;
use super::{Amount, Around, Node, QueryLanguage, States, states};
use crate::value::Text;

/// What a Map state has of its own.
#[derive(Clone, Debug)]
pub struct Map {
    /// `ItemsPath`
    pub items_path: Option<Option<Spanned<Text>>>,
    /// `Items` (JSONata).
    pub items: Option<Node>,
    /// `ItemSelector`
    pub item_selector: Option<Node>,
    /// `ItemProcessor`, or the legacy `Iterator`.
    pub processor: States,
    /// Which of the two names the processor has.
    pub processor_name: &'static str,
    /// `MaxConcurrency`, `MaxConcurrencyPath`
    pub max_concurrency: Option<Amount>,
    /// Whether the items are executions of their own: `ProcessorConfig.Mode` is `DISTRIBUTED`, or a field says so.
    pub distributed: bool,
    /// `Label` (distributed).
    pub label: Option<Spanned<Text>>,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    language: QueryLanguage,
    around: Around,
) -> Option<Map> {
    let (items_path, items) = match language {
        QueryLanguage::JsonPath => {
            reader.foreign(&["Items"], "JSONata");
            (reader.text("ItemsPath").map(Some), None)
        }
        QueryLanguage::Jsonata => {
            reader.foreign(&["ItemsPath"], "JSONPath");
            (None, reader.any("Items").cloned())
        }
    };
    let item_selector = reader.any("ItemSelector").cloned();
    reader.exclusive(&["Parameters", "ItemSelector"]);
    let max_concurrency = amount(reader, "MaxConcurrency", "MaxConcurrencyPath", 0, language);
    let found = processor(reader, around);
    let mode = found.as_ref().map_or(Mode::Untold, |(.., mode)| *mode);
    let label = distributed::read(reader, mode, language);
    let distributed = distributed::is_distributed(reader, mode);
    let (processor_name, processor, _) = found?;
    Some(Map {
        items_path,
        items,
        item_selector,
        processor,
        processor_name,
        max_concurrency,
        distributed,
        label,
    })
}

fn processor(reader: &mut Reader<'_>, around: Around) -> Option<(&'static str, States, Mode)> {
    reader.exclusive(&["ItemProcessor", "Iterator"]);
    let legacy = reader.any("Iterator");
    let (name, node) = match legacy {
        Some(node) if !reader.has("ItemProcessor") => ("Iterator", node),
        _ => ("ItemProcessor", reader.required("ItemProcessor")?),
    };
    let at = reader.at(name);
    let mut inner = Reader::open(node, at, "an item processor", reader.diagnostics())?;
    inner.any("Comment");
    let mut mode = Mode::Untold;
    if let Some(config) = inner.object("ProcessorConfig") {
        let at = inner.at("ProcessorConfig");
        if let Some(mut config) = Reader::open(
            config,
            at,
            "a processor's configuration",
            inner.diagnostics(),
        ) {
            mode = mode_of(&mut config);
            config.finish();
        }
    }
    let states = states(&mut inner, around);
    inner.finish();
    Some((name, states, mode))
}

/// The mode of a processor.
fn mode_of(config: &mut Reader<'_>) -> Mode {
    let mode = match config.word("Mode", &["INLINE", "DISTRIBUTED"]) {
        Some("DISTRIBUTED") => {
            config.required("ExecutionType");
            Mode::Distributed
        }
        None => Mode::Untold,
        Some(_) => Mode::Inline,
    };
    config.word("ExecutionType", &["STANDARD", "EXPRESS"]);
    mode
}
