/** The few questions whose answers stand in wrangler.jsonc, and their writing. */
import type { ConfigFile, WranglerConfig } from "./config-file.ts";
import { NO_ORG } from "./inspect.ts";
import type { SetupOptions } from "./options.ts";
import type { Questions } from "./questions.ts";

export const NONE = "none";
export const WORKERS_DEV = "workers.dev";

export interface Files {
  readonly main: ConfigFile;
  readonly proxy: ConfigFile;
}

/** Asks for what neither an option nor the file says. Answers whether anything was written. */
export async function settleConfig(files: Files, options: SetupOptions, questions: Questions): Promise<boolean> {
  const org = await orgOf(files.main.values, options, questions);
  const host = await hostOf(files.main.values, options, questions);
  const installHost = await installHostOf(files.main.values, host, options, questions);
  const clientId = await clientIdOf(files.main.values, options, questions);
  const owners = varOf(files.main.values, "DEFAULT_ALLOWED_OWNERS");
  const written = [
    files.main.set(["vars", "ALLOWED_GITHUB_ORG"], org),
    files.main.set(["vars", "DEFAULT_ALLOWED_OWNERS"], owners === NO_ORG ? org : owners),
    files.main.set(["vars", "GITHUB_OAUTH_CLIENT_ID"], clientId),
    ...routesOf(files.main, host),
    ...secondHost(files, host, installHost),
  ];
  if (!written.includes(true)) return false;
  await files.main.save();
  await files.proxy.save();
  return true;
}

async function orgOf(config: WranglerConfig, { org }: SetupOptions, questions: Questions): Promise<string> {
  const so = varOf(config, "ALLOWED_GITHUB_ORG");
  const known = org ?? (so === NO_ORG ? "" : so);
  const check = (name: string) =>
    /^[A-Za-z0-9-]+$/.test(name) ? undefined : "A login of letters, digits and hyphens.";
  if (known !== "" && check(known) === undefined) return known;
  return questions.ask("GitHub organization whose members may log in", { check });
}

async function hostOf(config: WranglerConfig, { host }: SetupOptions, questions: Questions): Promise<string> {
  const so = config.workers_dev === true ? WORKERS_DEV : firstHost(config);
  const known = host ?? so;
  if (known !== undefined && hostComplaint(known) === undefined) return known.toLowerCase();
  const question = `Host to serve, of a zone of your Cloudflare account, or ${WORKERS_DEV}`;
  return (await questions.ask(question, { check: hostComplaint })).toLowerCase();
}

async function installHostOf(
  config: WranglerConfig,
  host: string,
  { installHost }: SetupOptions,
  questions: Questions,
): Promise<string> {
  if (host === WORKERS_DEV) return "";
  const known = installHost ?? (isFirst(config) ? undefined : varOf(config, "PUBLIC_HOST"));
  const check = (name: string) =>
    name === NONE || name === "" ? undefined : name === host ? "It must be another host." : hostComplaint(name);
  const answer =
    known !== undefined && check(known) === undefined
      ? known
      : await questions.ask("Second host that shows only how to install", { otherwise: NONE, check });
  return answer === NONE ? "" : answer.toLowerCase();
}

async function clientIdOf(
  config: WranglerConfig,
  { oauthClientId }: SetupOptions,
  questions: Questions,
): Promise<string> {
  const known = oauthClientId ?? (isFirst(config) ? undefined : varOf(config, "GITHUB_OAUTH_CLIENT_ID"));
  const question = "Client id of a GitHub OAuth app, for browser sign-in";
  const answer = known ?? (await questions.ask(question, { otherwise: NONE }));
  return answer === NONE ? "" : answer;
}

/** What is optional is asked once: afterwards the file says it, or an option. */
const isFirst = (config: WranglerConfig) => firstHost(config) === undefined && config.workers_dev !== true;

function routesOf(main: ConfigFile, host: string): readonly boolean[] {
  if (host === WORKERS_DEV) return [main.set(["workers_dev"], true)];
  if (firstHost(main.values) === host) return [];
  return [main.set(["routes"], [{ pattern: host, custom_domain: true }]), main.set(["workers_dev"], false)];
}

function secondHost({ main, proxy }: Files, host: string, installHost: string): readonly boolean[] {
  if (installHost === "") return [main.set(["vars", "PUBLIC_HOST"], "")];
  const origin = `https://${host}`;
  return [
    main.set(["vars", "PUBLIC_HOST"], installHost),
    main.set(["vars", "APP_ORIGIN"], origin),
    proxy.set(["vars", "UPSTREAM_ORIGIN"], origin),
    ...(firstHost(proxy.values) === installHost
      ? []
      : [proxy.set(["routes"], [{ pattern: installHost, custom_domain: true }])]),
  ];
}

export function firstHost({ routes = [] }: WranglerConfig): string | undefined {
  const [route] = routes;
  const pattern = typeof route === "string" ? route : route?.pattern;
  return pattern?.split("/")[0]?.toLowerCase();
}

function hostComplaint(name: string): string | undefined {
  const isHost = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(name);
  return isHost ? undefined : "A host name such as octopool.example.com, without scheme and path.";
}

export function varOf({ vars = {} }: WranglerConfig, name: string): string {
  const value = vars[name];
  return typeof value === "string" ? value.trim() : "";
}
