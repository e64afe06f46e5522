/** The variables the command line reads, for help and documentation. */
export const ENVIRONMENT = {
  OCTOPOOL_URL: "the server to ask, instead of the one of the last login",
  OCTOPOOL_TOKEN: "the caller token, instead of the saved one; needed for a server you never logged in to",
  OCTOPOOL_POOL: "the pool to ask, instead of the one of the login",
  OCTOPOOL_FRESH: "1: every relayed read is live (max-age=0)",
  OCTOPOOL_MAX_AGE: "no relayed answer may be older than this many seconds",
  OCTOPOOL_RELAY_RETRIES: "how often a passing refusal is asked again, after 1 s and then every 3 s (2)",
  OCTOPOOL_QUIET_CACHE: "1: no line on standard error when an answer came from the cache",
  OCTOPOOL_NO_FALLBACK:
    "1: under octopool gh, a read that the relay does not serve fails instead of spending your quota",
  OCTOPOOL_DEBUG: "1: under octopool gh, a line on standard error for each request",
  OCTOPOOL_ADMIN_TOKEN: "the server's admin token, for octopool admin",
  OCTOPOOL_GH_PATH: "the real gh, instead of the first on PATH that is not Octopool's own",
  OCTOPOOL_ALLOW_INSECURE_LOGIN: "1: allow plain HTTP to hosts other than this machine",
  OCTOPOOL_CONFIG_DIR: "where logins and notes of earlier runs are kept, instead of the platform's places",
  HTTPS_PROXY: "the proxy to other hosts, with NO_PROXY for exceptions",
  SSL_CERT_FILE: "the authorities to believe, instead of the system's",
  NO_COLOR: "any value: no colour",
} as const;
