/** What an operator may set: every var, secret and binding, with its default and what it does. docs/settings.md is made of it. */

export interface Setting {
  readonly name: string;
  readonly kind: "var" | "secret" | "binding";
  /** Which Worker reads it. */
  readonly worker: "main" | "proxy" | "both";
  /** What holds where it is not set; undefined: nothing, and then `effect` says what is off. */
  readonly default?: string;
  readonly effect: string;
}

const variable = (name: string, effect: string, otherwise?: string): Setting => ({
  name,
  kind: "var",
  worker: name === "UPSTREAM_ORIGIN" ? "proxy" : "main",
  effect,
  ...(otherwise === undefined ? {} : { default: otherwise }),
});
const secret = (name: string, effect: string, worker: Setting["worker"] = "main"): Setting => ({
  name,
  kind: "secret",
  worker,
  effect,
});
const binding = (name: string, effect: string): Setting => ({ name, kind: "binding", worker: "main", effect });

export const SETTINGS: readonly Setting[] = [
  variable("ALLOWED_GITHUB_ORG", "Members of this GitHub organization may log in. Must be set."),
  variable(
    "DEFAULT_ALLOWED_OWNERS",
    "Owners that the policy of a new pool allows, separated by commas or spaces.",
    "none",
  ),
  variable("DEFAULT_LOGIN_POOL", "The pool that `octopool login` joins.", "maintainers"),
  variable("MAX_RESPONSE_BYTES", "Largest body of GitHub's that is carried, in bytes: 1024 to 26214400.", "2097152"),
  variable(
    "MAX_LOG_BYTES",
    "Largest Actions log that is streamed in raw mode, in bytes: 1024 to 1073741824.",
    "67108864",
  ),
  variable(
    "REQUEST_TIMEOUT_MS",
    "One relayed request as a whole, waiting and retries included: 100 to 18000.",
    "15000",
  ),
  variable(
    "ORG_VERIFY_TTL_SECONDS",
    "How long a membership is believed before it is asked again: 60 to 2592000.",
    "86400",
  ),
  variable("PUBLIC_REPO_TTL_SECONDS", "How long a proof that a repository is public lasts: 1 to 86400.", "30"),
  variable(
    "PUBLIC_REPO_NEGATIVE_TTL_SECONDS",
    "How long a repository that was not public counts as such: 1 to 86400.",
    "3600",
  ),
  variable(
    "CONFIG_TTL_SECONDS",
    "How long an isolate remembers callers, policies and identities, so how late a revocation may bind: 1 to 300.",
    "30",
  ),
  variable(
    "GITHUB_OAUTH_CLIENT_ID",
    "Client id of the GitHub OAuth app for browser sign-in. Without it, or its secret, sign-in is off.",
  ),
  variable(
    "GITHUB_OAUTH_CALLBACK_ORIGIN",
    "Origin of the OAuth app's callback, where it is not the app host's.",
    "the app host's origin",
  ),
  variable("GITHUB_API_ORIGIN", "GitHub's API; another origin only for a stand-in.", "https://api.github.com"),
  variable("GITHUB_WEB_ORIGIN", "GitHub's pages; another origin only for a stand-in.", "https://github.com"),
  variable(
    "GITHUB_RAW_ORIGIN",
    "GitHub's raw files; another origin only for a stand-in.",
    "https://raw.githubusercontent.com",
  ),
  variable(
    "APP_ORIGIN",
    "The origin people use. Must be set with two hosts or behind your own TLS proxy; a one-domain deployment on Cloudflare sets none.",
    "the origin that was asked",
  ),
  variable("PUBLIC_HOST", "The install host, with two hosts. Needs APP_ORIGIN, of another host."),
  variable("INSTALL_COMMAND", "The command shown on the install host.", "brew install octopool/tap/octopool"),
  variable(
    "TRUST_PROXY",
    "1: scheme and client address come from your own TLS proxy's x-forwarded-proto and x-forwarded-for. Never on Cloudflare.",
    "0",
  ),
  variable("UPSTREAM_ORIGIN", "The proxy Worker only: the app host's origin. Must be set there."),
  secret("OCTOPOOL_ADMIN_TOKEN", "Opens the admin doors and GET /metrics. Without it the admin doors answer 503."),
  secret(
    "OCTOPOOL_GITHUB_ORG_TOKEN",
    "A GitHub token that may read the organization's members: memberships are verified with it. Without it callers are refused once their membership is older than ORG_VERIFY_TTL_SECONDS.",
  ),
  secret("GITHUB_OAUTH_CLIENT_SECRET", "Client secret of the OAuth app; also signs the state of a sign-in."),
  secret(
    "OCTOPOOL_PROXY_SECRET",
    "With two hosts: makes the proxy Worker's word about host and address believed. The same on both Workers.",
    "both",
  ),
  secret(
    "OCTOPOOL_GITHUB_APP_ID",
    "The GitHub App's number, for identities of kind github_app and its webhook deliveries.",
  ),
  secret(
    "GITHUB_WEBHOOK_SECRET",
    "Signs webhook deliveries; at least 16 characters. Without it the webhook door answers 404.",
  ),
  secret("METRICS_TOKEN", "Opens GET /metrics and nothing else."),
  binding("DB", "The D1 database `octopool`."),
  binding("POOL_COORDINATOR", "The Durable Object `PoolCoordinator`, one per pool."),
  binding(
    "ACTIONS_LOGS",
    "The R2 bucket `octopool-actions-logs`: completed job logs, and cached bodies too large for a row.",
  ),
  binding("ASSETS", "The dashboard's files."),
];

export const settingsOf = (kind: Setting["kind"], worker?: Setting["worker"]): readonly Setting[] =>
  SETTINGS.filter(
    (each) => each.kind === kind && (worker === undefined || each.worker === worker || each.worker === "both"),
  );
