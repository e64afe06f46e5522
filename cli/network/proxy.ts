/** Which proxy a request goes through, by the rules of Go's net/http, which is what the real gh follows. */
import { BlockList, isIP } from "node:net";
import { isLoopback } from "../address.ts";
import type { Environment } from "../machine.ts";

export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** The way to the proxy itself is TLS. */
  readonly secure: boolean;
  /** The value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

/** `unknown`: a proxy is named that speaks something else than HTTP, such as SOCKS. */
export type ProxyChoice =
  | { readonly kind: "none" }
  | { readonly kind: "proxy"; readonly proxy: Proxy }
  | { readonly kind: "unknown" };

export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Traffic that stays on this machine never takes a proxy. */
export function chooseProxy(env: Environment, to: Destination): ProxyChoice {
  const named = proxyText(env, to.secure);
  if (named === undefined || isLoopback(bracketed(to.host)) || isExempt(env, to)) return { kind: "none" };
  const proxy = readProxy(named);
  return proxy === undefined ? { kind: "unknown" } : { kind: "proxy", proxy };
}

function proxyText(env: Environment, secure: boolean): string | undefined {
  const names = secure ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  return names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== "");
}

function readProxy(text: string): Proxy | undefined {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  const port = DEFAULT_PORTS[url.protocol];
  if (port === undefined) return undefined;
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? port : Number(url.port),
    secure: url.protocol === "https:",
    authorization: user === ":" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`,
  };
}

/** NO_PROXY: names with all below them, addresses, ranges, each with or without a port, or `*`. */
function isExempt(env: Environment, to: Destination): boolean {
  const text = env["NO_PROXY"] ?? env["no_proxy"] ?? "";
  const host = to.host.toLowerCase();
  return text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && matches(entry, host, to.port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInRange(entry, host);
  const [, name = entry, wanted] = isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (wanted !== undefined && Number(wanted) !== port) return false;
  const bare = name.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "");
  if (bare.startsWith(".")) return host.endsWith(bare);
  return host === bare || host.endsWith(`.${bare}`);
}

function isInRange(entry: string, host: string): boolean {
  const [network = "", bits = ""] = entry.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}

const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
