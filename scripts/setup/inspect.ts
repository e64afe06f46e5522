/** What is in place and what is not, each value by name. Pure: what it is told of, it judges. */
import { readConfig, readProxyConfig, RESERVED_NAMES } from "../../server/config.ts";
import { RelayError } from "../../shared/errors.ts";
import { settingsOf } from "../settings.ts";
import type { WranglerConfig } from "./config-file.ts";
import { changedParts } from "./fixed-parts.ts";

export type State = "ok" | "missing" | "wrong" | "off";

export interface Finding {
  readonly name: string;
  readonly state: State;
  /** What it is, or what to do. Never a secret's value. */
  readonly says: string;
}

/** What wrangler knows of the account; undefined where nobody is logged in. */
export interface Deployed {
  readonly databases: ReadonlyMap<string, string>;
  readonly buckets: readonly string[];
  readonly lifecycleRules: readonly string[];
  readonly secrets: readonly string[];
  readonly proxySecrets: readonly string[];
}

export interface Subject {
  readonly main: WranglerConfig;
  readonly proxy: WranglerConfig;
  readonly deployed: Deployed | undefined;
}

export const NO_ORG = "your-org";
const NO_DATABASE = /^[0-]*$/;
export const LOGS_RULE = "octopool-logs";
const LIVE_ORG = { ALLOWED_GITHUB_ORG: "acme" };

export function inspect(subject: Subject): readonly Finding[] {
  return [
    ...(subject.deployed === undefined ? [NOT_LOGGED_IN] : []),
    ...changedParts(subject.main),
    ...hostOf(subject.main),
    ...varsOf(subject.main),
    ...proxyOf(subject),
    ...storesOf(subject),
    ...secretsOf(subject),
  ];
}

export const isFault = ({ state }: Finding): boolean => state === "missing" || state === "wrong";

const NOT_LOGGED_IN: Finding = {
  name: "Cloudflare account",
  state: "missing",
  says: "run npx wrangler login, or set CLOUDFLARE_API_TOKEN; what is deployed could not be looked at",
};

/** A host, or a pattern with stars and a path. */
const ROUTE = /^(\*\.?)?([a-z0-9-]+\.)+[a-z]{2,}(\/\S*)?$/i;

function hostOf({ routes = [], workers_dev: workersDev }: WranglerConfig): readonly Finding[] {
  const patterns = routes.map((route) => (typeof route === "string" ? route : (route.pattern ?? "")));
  const wrong = patterns.find((pattern) => !ROUTE.test(pattern));
  if (wrong !== undefined) return [{ name: "routes", state: "wrong", says: `"${wrong}" names no host` }];
  if (patterns.length > 0) return [{ name: "routes", state: "ok", says: patterns.join(", ") }];
  if (workersDev === true) return [{ name: "workers_dev", state: "ok", says: "the account's own workers.dev name" }];
  return [{ name: "routes", state: "missing", says: "name a host of yours in routes, or set workers_dev to true" }];
}

function varsOf({ vars = {} }: WranglerConfig): readonly Finding[] {
  const known = settingsOf("var", "main");
  const unknown = Object.keys(vars).filter((name) => !known.some((setting) => setting.name === name));
  const findings = known.map(({ name, default: otherwise }): Finding => {
    const value = vars[name];
    if (name === "ALLOWED_GITHUB_ORG" && (value === NO_ORG || value === "" || value === undefined))
      return { name, state: "missing", says: "the GitHub organization whose members may log in" };
    if (name === "DEFAULT_ALLOWED_OWNERS" && value === NO_ORG)
      return { name, state: "wrong", says: `is still ${NO_ORG}: name the owners to serve, or leave it empty` };
    if (name === "TRUST_PROXY" && value === "1")
      return { name, state: "wrong", says: "must be empty on Cloudflare, where anybody could write those headers" };
    const refusal = refusalOf(() => readConfig({ ...LIVE_ORG, [name]: value, ...neededBy(name, vars) }), name);
    if (refusal !== undefined) return { name, state: "wrong", says: refusal };
    if (typeof value === "string" && value.trim() !== "") return { name, state: "ok", says: value };
    return {
      name,
      state: otherwise === undefined ? "off" : "ok",
      says: otherwise === undefined ? "not set" : `${otherwise} (default)`,
    };
  });
  return [
    ...findings,
    ...unknown.map((name) => ({ name, state: "wrong" as const, says: "there is no var of that name" })),
  ];
}

/** A host alone would be refused for want of its origin, which is another value's fault. */
const neededBy = (name: string, vars: Readonly<Record<string, unknown>>) =>
  name === "APP_ORIGIN"
    ? { PUBLIC_HOST: vars["PUBLIC_HOST"] }
    : name === "PUBLIC_HOST"
      ? { APP_ORIGIN: vars["APP_ORIGIN"] }
      : {};

/** The message without its leading name; undefined where nothing is wrong, or another value is. */
function refusalOf(read: () => unknown, name: string): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return error.details?.["name"] === name ? error.message.slice(name.length + 1).replace(/\.$/, "") : undefined;
  }
}

function proxyOf({ main, proxy }: Subject): readonly Finding[] {
  const publicHost = text(main.vars?.["PUBLIC_HOST"]);
  const name = "UPSTREAM_ORIGIN";
  if (publicHost === "") return [{ name, state: "off", says: "one host: the proxy Worker is not deployed" }];
  const refusal = refusalOf(() => readProxyConfig({ ...proxy.vars, OCTOPOOL_PROXY_SECRET: "set" }), name);
  const [upstream, app] = [text(proxy.vars?.[name]), text(main.vars?.["APP_ORIGIN"])];
  const differs = upstream !== app ? `must be APP_ORIGIN of wrangler.jsonc, which is ${app || "not set"}` : undefined;
  const hosts = (proxy.routes ?? []).map((route) => (typeof route === "string" ? route : (route.pattern ?? "")));
  const says = refusal ?? differs;
  return [
    { name, state: says === undefined ? "ok" : upstream === "" ? "missing" : "wrong", says: says ?? upstream },
    hosts.some((pattern) => pattern.split("/")[0] === publicHost)
      ? { name: "routes of the proxy Worker", state: "ok", says: hosts.join(", ") }
      : {
          name: "routes of the proxy Worker",
          state: "missing",
          says: `name ${publicHost} in wrangler.public-proxy.jsonc`,
        },
  ];
}

function storesOf({ main, deployed }: Subject): readonly Finding[] {
  const [database] = main.d1_databases ?? [];
  const { database_id: id = "", database_name: called = "" } = database ?? {};
  const bucket = main.r2_buckets?.[0]?.bucket_name ?? "";
  const d1 = (state: State, says: string): Finding => ({ name: "database_id", state, says });
  const name = [...(deployed?.databases ?? [])].find(([, known]) => known === id)?.[0];
  return [
    NO_DATABASE.test(id)
      ? d1("missing", "the id of the D1 database")
      : deployed !== undefined && name === undefined
        ? d1("wrong", `this account has no D1 database ${id}`)
        : d1("ok", id),
    ...(name === undefined || name === called
      ? []
      : [{ name: "database_name", state: "wrong" as const, says: `the database of that id is called ${name}` }]),
    ...(deployed === undefined
      ? []
      : [
          deployed.buckets.includes(bucket)
            ? ({ name: "R2 bucket", state: "ok", says: bucket } as const)
            : ({ name: "R2 bucket", state: "missing", says: `wrangler r2 bucket create ${bucket}` } as const),
          deployed.lifecycleRules.includes(LOGS_RULE)
            ? ({ name: "R2 lifecycle rule", state: "ok", says: LOGS_RULE } as const)
            : ({
                name: "R2 lifecycle rule",
                state: "missing",
                says: `${LOGS_RULE}: logs expire after 8 days`,
              } as const),
        ]),
  ];
}

function secretsOf({ main, deployed }: Subject): readonly Finding[] {
  if (deployed === undefined) return [];
  const { secrets, proxySecrets } = deployed;
  const twoHosts = text(main.vars?.["PUBLIC_HOST"]) !== "";
  const signIn = text(main.vars?.["GITHUB_OAUTH_CLIENT_ID"]) !== "";
  const isNeeded = (name: string) =>
    name === "OCTOPOOL_ADMIN_TOKEN" ||
    name === "OCTOPOOL_GITHUB_ORG_TOKEN" ||
    (name === "OCTOPOOL_PROXY_SECRET" && twoHosts) ||
    (name === "GITHUB_OAUTH_CLIENT_SECRET" && signIn);
  const known = settingsOf("secret", "main").map(({ name, effect }): Finding => {
    const isSet = secrets.includes(name);
    if (isSet && name === "GITHUB_OAUTH_CLIENT_SECRET" && !signIn)
      return { name, state: "wrong", says: "is set, but GITHUB_OAUTH_CLIENT_ID is not: sign-in stays off" };
    if (isSet) return { name, state: "ok", says: "set" };
    return { name, state: isNeeded(name) ? "missing" : "off", says: effect };
  });
  const onProxy: readonly Finding[] = !twoHosts
    ? []
    : [
        proxySecrets.includes("OCTOPOOL_PROXY_SECRET")
          ? { name: "OCTOPOOL_PROXY_SECRET of the proxy Worker", state: "ok", says: "set" }
          : {
              name: "OCTOPOOL_PROXY_SECRET of the proxy Worker",
              state: "missing",
              says: "the same as the main Worker's",
            },
      ];
  const identities = secrets.filter((name) => !RESERVED_NAMES.has(name));
  const identity: Finding =
    identities.length > 0
      ? { name: "identities' secrets", state: "ok", says: identities.join(", ") }
      : { name: "identities' secrets", state: "off", says: "none yet: GitHub is asked anonymously only" };
  return [...known, ...onProxy, identity];
}

const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
