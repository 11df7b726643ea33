//! A file of mocks that is read again whenever it has changed: what `sfn-run serve` answers test cases with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::tasks::mock_file;
use crate::resolver::{MockFile, Resolver};

/// A file of mocks by its path.
pub(super) struct Mocks {
    path: PathBuf,
    /// The test case of executions that ask for none.
    default: Option<String>,
    read: Mutex<(Option<SystemTime>, Arc<MockFile>)>,
}

impl Mocks {
    pub(super) fn new(path: &Path, default: Option<&str>) -> Result<Self, String> {
        let read = (changed(path), Arc::new(mock_file(path)?));
        Ok(Self {
            path: path.to_owned(),
            default: default.map(str::to_owned),
            read: Mutex::new(read),
        })
    }

    /// The answers of a test case, and otherwise those of that resolver.
    pub(super) fn resolver(
        &self,
        machine: &str,
        case: Option<&str>,
        otherwise: Arc<dyn Resolver>,
    ) -> Result<Arc<dyn Resolver>, String> {
        let Some(case) = case.or(self.default.as_deref()) else {
            return Ok(otherwise);
        };
        let mock = self.current()?.mock(machine, case);
        let mock = mock.map_err(|error| error.to_string())?;
        Ok(Arc::new(mock.otherwise(otherwise)))
    }

    fn current(&self) -> Result<Arc<MockFile>, String> {
        let mut read = self
            .read
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let changed = changed(&self.path);
        if changed != read.0 {
            *read = (changed, Arc::new(mock_file(&self.path)?));
        }
        Ok(read.1.clone())
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}
