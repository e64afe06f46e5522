/**
 * Vars and secrets, parsed once into a frozen, typed object. A missing or malformed value is named in one line: at
 * start locally, and as `misconfigured` on the wire. Names are frozen (2-wire, Configuration names).
 */
import { RelayError } from "../shared/errors.ts";

export interface Config {
  readonly allowedOrg: string;
  readonly defaultAllowedOwners: readonly string[];
  readonly defaultLoginPool: string;
  readonly maxResponseBytes: number;
  readonly maxLogBytes: number;
  readonly requestTimeoutMs: number;
  readonly orgVerifyTtlMs: number;
  readonly publicRepoTtlMs: number;
  readonly publicRepoNegativeTtlMs: number;
  readonly configTtlMs: number;
  readonly githubApiOrigin: string;
  readonly githubWebOrigin: string;
  readonly githubRawOrigin: string;
  readonly appOrigin: string | undefined;
  readonly publicHost: string | undefined;
  readonly installCommand: string;
  readonly trustProxy: boolean;
  readonly oauth:
    | { readonly clientId: string; readonly clientSecret: string; readonly callbackOrigin: string | undefined }
    | undefined;
  readonly adminToken: string | undefined;
  readonly orgToken: string | undefined;
  readonly proxySecret: string | undefined;
  readonly appId: string | undefined;
  readonly webhookSecret: string | undefined;
  readonly metricsToken: string | undefined;
}

/** Every name the service itself uses: an identity's secret_ref may be none of them. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "ALLOWED_GITHUB_ORG",
  "DEFAULT_ALLOWED_OWNERS",
  "DEFAULT_LOGIN_POOL",
  "MAX_RESPONSE_BYTES",
  "MAX_LOG_BYTES",
  "REQUEST_TIMEOUT_MS",
  "ORG_VERIFY_TTL_SECONDS",
  "PUBLIC_REPO_TTL_SECONDS",
  "PUBLIC_REPO_NEGATIVE_TTL_SECONDS",
  "CONFIG_TTL_SECONDS",
  "GITHUB_OAUTH_CLIENT_ID",
  "GITHUB_OAUTH_CALLBACK_ORIGIN",
  "GITHUB_API_ORIGIN",
  "GITHUB_WEB_ORIGIN",
  "GITHUB_RAW_ORIGIN",
  "APP_ORIGIN",
  "PUBLIC_HOST",
  "INSTALL_COMMAND",
  "TRUST_PROXY",
  "UPSTREAM_ORIGIN",
  "OCTOPOOL_ADMIN_TOKEN",
  "GITHUB_OAUTH_CLIENT_SECRET",
  "OCTOPOOL_PROXY_SECRET",
  "OCTOPOOL_GITHUB_ORG_TOKEN",
  "OCTOPOOL_GITHUB_APP_ID",
  "GITHUB_WEBHOOK_SECRET",
  "METRICS_TOKEN",
  "DB",
  "POOL_COORDINATOR",
  "ACTIONS_LOGS",
  "ASSETS",
]);

type Source = Readonly<Record<string, unknown>>;

/** @throws RelayError `misconfigured`, whose message names the value and what it must be, never its content. */
export function readConfig(env: Source): Config {
  const read = new Reader(env);
  const clientId = read.text("GITHUB_OAUTH_CLIENT_ID");
  const clientSecret = read.text("GITHUB_OAUTH_CLIENT_SECRET");
  const config: Config = {
    allowedOrg: read.required("ALLOWED_GITHUB_ORG", /^[A-Za-z0-9-]+$/, "a GitHub organization's login").toLowerCase(),
    defaultAllowedOwners: read.owners("DEFAULT_ALLOWED_OWNERS"),
    defaultLoginPool: read.matching("DEFAULT_LOGIN_POOL", /^[A-Za-z0-9_.-]{1,64}$/, "a pool name") ?? "maintainers",
    maxResponseBytes: read.integer("MAX_RESPONSE_BYTES", 2 * 1024 * 1024, 1024, 25 * 1024 * 1024),
    maxLogBytes: read.integer("MAX_LOG_BYTES", 64 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
    // Published clients give up after 30 s, waiting and their own retries included.
    requestTimeoutMs: read.integer("REQUEST_TIMEOUT_MS", 15_000, 100, 18_000),
    orgVerifyTtlMs: read.integer("ORG_VERIFY_TTL_SECONDS", 86_400, 60, 30 * 86_400) * 1000,
    publicRepoTtlMs: read.integer("PUBLIC_REPO_TTL_SECONDS", 30, 1, 86_400) * 1000,
    publicRepoNegativeTtlMs: read.integer("PUBLIC_REPO_NEGATIVE_TTL_SECONDS", 3600, 1, 86_400) * 1000,
    configTtlMs: read.integer("CONFIG_TTL_SECONDS", 30, 1, 300) * 1000,
    githubApiOrigin: read.origin("GITHUB_API_ORIGIN") ?? "https://api.github.com",
    githubWebOrigin: read.origin("GITHUB_WEB_ORIGIN") ?? "https://github.com",
    githubRawOrigin: read.origin("GITHUB_RAW_ORIGIN") ?? "https://raw.githubusercontent.com",
    appOrigin: read.origin("APP_ORIGIN"),
    publicHost: read.matching("PUBLIC_HOST", /^[A-Za-z0-9.-]+(:\d+)?$/, "a host name")?.toLowerCase(),
    installCommand: read.text("INSTALL_COMMAND") ?? "brew install octopool/tap/octopool",
    trustProxy: read.flag("TRUST_PROXY"),
    oauth:
      clientId && clientSecret
        ? { clientId, clientSecret, callbackOrigin: read.origin("GITHUB_OAUTH_CALLBACK_ORIGIN") }
        : undefined,
    adminToken: read.text("OCTOPOOL_ADMIN_TOKEN"),
    orgToken: read.text("OCTOPOOL_GITHUB_ORG_TOKEN"),
    proxySecret: read.text("OCTOPOOL_PROXY_SECRET"),
    appId: read.matching("OCTOPOOL_GITHUB_APP_ID", /^\d+$/, "the number of a GitHub App"),
    webhookSecret: read.text("GITHUB_WEBHOOK_SECRET"),
    metricsToken: read.text("METRICS_TOKEN"),
  };
  if (config.trustProxy && config.appOrigin === undefined) {
    throw misconfigured("APP_ORIGIN", "must be the public origin when TRUST_PROXY is 1");
  }
  if (config.publicHost !== undefined && config.appOrigin === undefined) {
    throw misconfigured("APP_ORIGIN", "must be the app host's origin when PUBLIC_HOST is set");
  }
  if (config.publicHost !== undefined && new URL(config.appOrigin ?? "").host === config.publicHost) {
    throw misconfigured("PUBLIC_HOST", "must be another host than that of APP_ORIGIN");
  }
  return Object.freeze(config);
}

export interface ProxyConfig {
  readonly upstreamOrigin: string;
  readonly proxySecret: string;
}

/** What the install host's own Worker needs, and all that it is given. @throws RelayError as readConfig does. */
export function readProxyConfig(env: Source): ProxyConfig {
  const read = new Reader(env);
  const upstreamOrigin = read.origin("UPSTREAM_ORIGIN");
  const proxySecret = read.text("OCTOPOOL_PROXY_SECRET");
  if (upstreamOrigin === undefined)
    throw misconfigured("UPSTREAM_ORIGIN", "is missing: it must be the app host's origin");
  if (proxySecret === undefined)
    throw misconfigured("OCTOPOOL_PROXY_SECRET", "is missing: it must be the main Worker's");
  return { upstreamOrigin, proxySecret };
}

/** The credential an identity refers to; undefined where the operator has not stored it yet. Never logged. */
export function readSecret(env: Source, secretRef: string): string | undefined {
  if (RESERVED_NAMES.has(secretRef) || !/^[A-Z][A-Z0-9_]{2,}$/.test(secretRef)) return undefined;
  const value = env[secretRef];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** The message names the value and what it must be, never its content. */
export function misconfigured(name: string, what: string): RelayError {
  return new RelayError("misconfigured", { message: `${name} ${what}.`, details: { name } });
}

class Reader {
  readonly #env: Source;
  constructor(env: Source) {
    this.#env = env;
  }

  /** Empty means unset: wrangler.jsonc lists every var, most of them empty. */
  text(name: string): string | undefined {
    const value = this.#env[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw misconfigured(name, "must be text");
    return value.trim() === "" ? undefined : value.trim();
  }

  matching(name: string, pattern: RegExp, what: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !pattern.test(value)) throw misconfigured(name, `must be ${what}`);
    return value;
  }

  required(name: string, pattern: RegExp, what: string): string {
    const value = this.matching(name, pattern, what);
    if (value === undefined) throw misconfigured(name, `is missing: it must be ${what}`);
    return value;
  }

  integer(name: string, otherwise: number, least: number, most: number): number {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most))
      throw misconfigured(name, `must be a whole number from ${least} to ${most}`);
    return number;
  }

  flag(name: string): boolean {
    const value = this.matching(name, /^[01]$/, "1, 0 or empty");
    return value === "1";
  }

  owners(name: string): readonly string[] {
    const owners = (this.text(name) ?? "").split(/[\s,]+/).filter((owner) => owner !== "");
    if (owners.some((owner) => !/^[A-Za-z0-9_.-]+$/.test(owner)))
      throw misconfigured(name, "must be owners' logins, separated by commas");
    return owners.map((owner) => owner.toLowerCase());
  }

  /** Scheme, host and port only. Plain http is for a stand-in or a proxy on this machine's loopback. */
  origin(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || url.origin !== value.replace(/\/$/, "") || !/^https?:$/.test(url.protocol)) {
      throw misconfigured(name, "must be an origin such as https://example.com, without a path");
    }
    return url.origin;
  }
}
