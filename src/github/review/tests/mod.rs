//! Tests of the plan as a whole.

mod hostile;
mod model;
mod placement;
mod property;
mod scenarios;
mod shown;
mod suggestions;
