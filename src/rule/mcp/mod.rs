//! Rules about servers of the Model Context Protocol.

mod mcp_auto_approve;
mod mcp_plaintext_url;
mod mcp_server_execution;
mod mcp_unpinned;
mod mcp_untrusted_host;

pub(super) use mcp_auto_approve::MCP_AUTO_APPROVE;
pub(super) use mcp_plaintext_url::MCP_PLAINTEXT_URL;
pub(super) use mcp_server_execution::MCP_SERVER_EXECUTION;
pub(super) use mcp_unpinned::MCP_UNPINNED;
pub(super) use mcp_untrusted_host::MCP_UNTRUSTED_HOST;
