//! Which settings file honours which key. Source: `facts/claude-code.md` §1.3, §1.4, §1.6 (2.1.240 to 2.1.330).

/// Files of a repository that honour a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Honoured {
    /// Only settings that an organisation manages.
    ManagedOnly,
    /// Settings of a person or of an organisation.
    UserOrManaged,
    /// All but the committed project file.
    NotProject,
    /// Nowhere: the key is read from another place, or was removed.
    Nowhere {
        /// Where it belongs.
        instead: &'static str,
    },
}

/// A key with limits.
pub struct Key {
    /// Path of keys, joined by dots.
    pub path: &'static str,
    /// Who may set it.
    pub honoured: Honoured,
}

const fn key(path: &'static str, honoured: Honoured) -> Key {
    Key { path, honoured }
}

const fn elsewhere(path: &'static str, instead: &'static str) -> Key {
    Key {
        path,
        honoured: Honoured::Nowhere { instead },
    }
}

use Honoured::{ManagedOnly, NotProject, UserOrManaged};

/// All keys that some files do not honour.
pub static KEYS: &[Key] = &[
    key("allowManagedPermissionRulesOnly", ManagedOnly),
    key("allowManagedHooksOnly", ManagedOnly),
    key("allowManagedMcpServersOnly", ManagedOnly),
    key("strictKnownMarketplaces", ManagedOnly),
    key("allowedMarketplaces", ManagedOnly),
    key("blockedMarketplaces", ManagedOnly),
    key("pluginSuggestionMarketplaces", ManagedOnly),
    key("pluginTrustMessage", ManagedOnly),
    key("disableSideloadFlags", ManagedOnly),
    key("disableCommandPluginSources", ManagedOnly),
    key("strictPluginOnlyCustomization", ManagedOnly),
    key("forceRemoteSettingsRefresh", ManagedOnly),
    key("forceLoginGatewayUrl", ManagedOnly),
    key("policyHelper", ManagedOnly),
    key("requiredMinimumVersion", ManagedOnly),
    key("requiredMaximumVersion", ManagedOnly),
    key("channelsEnabled", ManagedOnly),
    key("allowedChannelPlugins", ManagedOnly),
    key("allowAllClaudeAiMcps", ManagedOnly),
    key("managedMcpServers", ManagedOnly),
    key("claudeMd", ManagedOnly),
    key("parentSettingsBehavior", ManagedOnly),
    key("managedSourcesBehavior", ManagedOnly),
    key("allowedProviders", ManagedOnly),
    key("sshHostAllowlist", ManagedOnly),
    key("wslInheritsWindowsSettings", ManagedOnly),
    key("disableBrowserExternalNavigation", ManagedOnly),
    key("browserExternalPageTools", ManagedOnly),
    key("disableMobileSimulatorTools", ManagedOnly),
    key("sandbox.bwrapPath", ManagedOnly),
    key("sandbox.socatPath", ManagedOnly),
    key("sandbox.filesystem.allowManagedReadPathsOnly", ManagedOnly),
    key("sandbox.network.allowManagedDomainsOnly", ManagedOnly),
    key("autoMode", UserOrManaged),
    key("processWrapper", UserOrManaged),
    key("skipAutoPermissionPrompt", UserOrManaged),
    key("askUserQuestionTimeout", UserOrManaged),
    key("dialogExpiry", UserOrManaged),
    key("enableArtifact", UserOrManaged),
    key("footerLinksRegexes", UserOrManaged),
    key("pluginConfigs", UserOrManaged),
    key("sshConfigs", UserOrManaged),
    key("sandbox.allowAppleEvents", UserOrManaged),
    key("sandbox.ripgrep", UserOrManaged),
    key("sandbox.filesystem.disabled", UserOrManaged),
    key("sandbox.network.strictAllowlist", UserOrManaged),
    key("sandbox.network.tlsTerminate", UserOrManaged),
    key("sandbox.credentials.allowPlaintextInject", UserOrManaged),
    key("sandbox.credentials.awsPairs", UserOrManaged),
    key("sandbox.credentials.sigv4", UserOrManaged),
    key("permissions.denyInsteadOfPrompting", UserOrManaged),
    key("skipDangerousModePermissionPrompt", NotProject),
    key("useAutoModeDuringPlan", NotProject),
    key("syncClaudeAiSkills", NotProject),
    elsewhere("allow", "`permissions.allow`"),
    elsewhere("ask", "`permissions.ask`"),
    elsewhere("deny", "`permissions.deny`"),
    elsewhere("defaultMode", "`permissions.defaultMode`"),
    elsewhere("permissionMode", "`permissions.defaultMode`"),
    elsewhere(
        "disableBypassPermissionsMode",
        "`permissions.disableBypassPermissionsMode`",
    ),
    elsewhere(
        "additionalDirectories",
        "`permissions.additionalDirectories`",
    ),
    elsewhere("allowedTools", "`permissions.allow`"),
    elsewhere("disallowedTools", "`permissions.deny`"),
    elsewhere("mcpServers", "`.mcp.json`"),
    elsewhere("ignorePatterns", "`Read(…)` rules in `permissions.deny`"),
    elsewhere("permissions.disableAllHooks", "the top level of the file"),
    elsewhere("permissions.hooks", "the top level of the file"),
];

/// Keys whose value is a command that Claude Code runs, as paths.
pub static COMMAND_KEYS: &[&[&str]] = &[
    &["apiKeyHelper"],
    &["awsAuthRefresh"],
    &["awsCredentialExport"],
    &["gcpAuthRefresh"],
    &["otelHeadersHelper"],
    &["proxyAuthHelper"],
    &["statusLine", "command"],
    &["subagentStatusLine", "command"],
    &["fileSuggestion", "command"],
];

/// Sandbox switches that weaken it when they are on.
pub static WEAKENING: &[(&[&str], &str)] = &[
    (
        &["enableWeakerNestedSandbox"],
        "the sandbox inside a container is a weaker one",
    ),
    (
        &["enableWeakerNetworkIsolation"],
        "the network is kept apart less strictly",
    ),
    (
        &["allowNestedUserNamespaces"],
        "commands may build namespaces of their own",
    ),
    (
        &["network", "allowAllUnixSockets"],
        "every socket of the machine is open, the one of Docker included",
    ),
    (&["allowAppleEvents"], "commands may steer other programs"),
    (
        &["filesystem", "disabled"],
        "files are not protected at all",
    ),
];
