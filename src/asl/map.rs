//! The Map state.

use super::reader::{Reader, Spanned};
use super::state::amount;
use super::{Amount, Node, QueryLanguage, States, states};
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
    /// Whether the items are children of their own: `ProcessorConfig.Mode` is `DISTRIBUTED`, or a field says so.
    pub distributed: bool,
}

/// Fields that only a distributed Map has.
const DISTRIBUTED: [&str; 8] = [
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
];

pub(super) fn read(
    reader: &mut Reader<'_>,
    language: QueryLanguage,
    inherited: QueryLanguage,
) -> Option<Map> {
    let (items_path, items) = match language {
        QueryLanguage::JsonPath => {
            reader.foreign(&["Items"], "JSONata");
            (reader.nullable_text("ItemsPath"), None)
        }
        QueryLanguage::Jsonata => {
            reader.foreign(&["ItemsPath"], "JSONPath");
            (None, reader.any("Items").cloned())
        }
    };
    let item_selector = reader.any("ItemSelector").cloned();
    reader.exclusive(&["Parameters", "ItemSelector"]);
    let max_concurrency = amount(reader, "MaxConcurrency", "MaxConcurrencyPath", 0, language);
    let mut distributed = false;
    for name in DISTRIBUTED {
        distributed |= reader.any(name).is_some() && !name.starts_with("Tolerated");
    }
    let (processor_name, processor) = processor(reader, inherited, &mut distributed)?;
    Some(Map {
        items_path,
        items,
        item_selector,
        processor,
        processor_name,
        max_concurrency,
        distributed,
    })
}

fn processor(
    reader: &mut Reader<'_>,
    inherited: QueryLanguage,
    distributed: &mut bool,
) -> Option<(&'static str, States)> {
    reader.exclusive(&["ItemProcessor", "Iterator"]);
    let legacy = reader.any("Iterator");
    let (name, node) = match legacy {
        Some(node) if !reader.has("ItemProcessor") => ("Iterator", node),
        _ => ("ItemProcessor", reader.required("ItemProcessor")?),
    };
    let at = reader.at(name);
    let mut inner = Reader::open(node, at, "an item processor", reader.diagnostics())?;
    inner.any("Comment");
    if let Some(config) = inner.object("ProcessorConfig") {
        let at = inner.at("ProcessorConfig");
        if let Some(mut config) = Reader::open(
            config,
            at,
            "a processor's configuration",
            inner.diagnostics(),
        ) {
            *distributed |= config.word("Mode", &["INLINE", "DISTRIBUTED"]) == Some("DISTRIBUTED");
            config.word("ExecutionType", &["STANDARD", "EXPRESS"]);
            config.finish();
        }
    }
    let states = states(&mut inner, inherited);
    inner.finish();
    Some((name, states))
}
