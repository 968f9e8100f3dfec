//! Rules about text that Claude reads, and about what comes with it.

mod command_broad_tools;
mod config_submodule;
mod config_symlink;
mod confusable_command;
mod hidden_unicode;
mod ide_autorun_task;
mod instruction_hidden_comment;
mod instruction_remote_execution;
mod plugin_untrusted_source;
mod subagent_bypass;

pub(super) use command_broad_tools::COMMAND_BROAD_TOOLS;
pub(super) use config_submodule::CONFIG_SUBMODULE;
pub(super) use config_symlink::CONFIG_SYMLINK;
pub(super) use confusable_command::CONFUSABLE_COMMAND;
pub(super) use hidden_unicode::HIDDEN_UNICODE;
pub(super) use ide_autorun_task::IDE_AUTORUN_TASK;
pub(super) use instruction_hidden_comment::INSTRUCTION_HIDDEN_COMMENT;
pub(super) use instruction_remote_execution::INSTRUCTION_REMOTE_EXECUTION;
pub(super) use plugin_untrusted_source::PLUGIN_UNTRUSTED_SOURCE;
pub(super) use subagent_bypass::SUBAGENT_BYPASS;
