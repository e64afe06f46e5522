/** The variables the command line reads, for help and documentation. */
export const ENVIRONMENT = {
  OCTOPOOL_URL: "the server to ask, instead of the one of the last login",
  OCTOPOOL_TOKEN: "the caller token, instead of the saved one; needed for a server you never logged in to",
  OCTOPOOL_POOL: "the pool to ask, instead of the one of the login",
  OCTOPOOL_FRESH: "1: every relayed read is live (max-age=0)",
  OCTOPOOL_MAX_AGE: "no relayed answer may be older than this many seconds",
  OCTOPOOL_RELAY_RETRIES: "how often a passing refusal is asked again, after 1 s and then every 3 s (2)",
  OCTOPOOL_QUIET_CACHE: "1: no line on standard error when an answer came from the cache",
  OCTOPOOL_ADMIN_TOKEN: "the server's admin token, for octopool admin",
  OCTOPOOL_GH_PATH: "the real gh, where login asks for a GitHub token (gh)",
  OCTOPOOL_ALLOW_INSECURE_LOGIN: "1: allow plain HTTP to hosts other than this machine",
  OCTOPOOL_CONFIG_DIR: "where logins are saved, instead of the platform's settings directory",
  NO_COLOR: "any value: no colour",
} as const;
