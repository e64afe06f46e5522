/** Which server, which pool, which token: decided once from the environment and the saved logins. */
import { requireSafe, serverOrigin } from "./address.ts";
import { NotLoggedIn, UsageProblem } from "./exit.ts";
import type { LoginStore, SavedLogin } from "./logins.ts";
import type { Environment } from "./machine.ts";

export const DEFAULT_POOL = "maintainers";

export interface Target {
  /** An origin that may see tokens. */
  readonly url: string;
  readonly pool: string;
  /** The saved login of this very URL, where there is one. */
  readonly saved: SavedLogin | undefined;
}

export interface CallerTarget extends Target {
  readonly token: string;
  readonly tokenFrom: "OCTOPOOL_TOKEN" | "saved";
}

/** A variable that is set and not blank, without the line end that secrets in CI often carry. */
export function setting(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

/** The server to speak to: OCTOPOOL_URL, else the default of the saved logins. Refuses where neither is there. */
export async function chooseTarget(env: Environment, store: LoginStore): Promise<Target> {
  const { defaultUrl, logins } = await store.read();
  const named = setting(env, "OCTOPOOL_URL");
  const wanted = named === undefined ? defaultUrl : serverOrigin(named);
  if (wanted === undefined) {
    const [some] = logins;
    if (some !== undefined) {
      throw new NotLoggedIn(`None of your ${logins.length} saved logins is the default.`, {
        next: `OCTOPOOL_URL=${some.url} octopool …, or octopool login <server>`,
      });
    }
    throw new NotLoggedIn("You are not logged in, and OCTOPOOL_URL names no server.", {
      next: "octopool login https://octopool.example.com (your server's address)",
    });
  }
  const saved = logins.find((login) => login.url === wanted) ?? logins.find((login) => login.askedUrl === wanted);
  const url = saved?.url ?? wanted;
  requireSafe(url, env);
  return { url, pool: setting(env, "OCTOPOOL_POOL") ?? saved?.pool ?? DEFAULT_POOL, saved };
}

/** The target with a caller token for it. A saved token goes only to its saved URL; OCTOPOOL_TOKEN goes where OCTOPOOL_URL says. */
export async function chooseCaller(env: Environment, store: LoginStore): Promise<CallerTarget> {
  const target = await chooseTarget(env, store);
  const given = setting(env, "OCTOPOOL_TOKEN");
  if (given !== undefined) return { ...target, token: given, tokenFrom: "OCTOPOOL_TOKEN" };
  if (target.saved !== undefined) return { ...target, token: target.saved.token, tokenFrom: "saved" };
  throw new NotLoggedIn(`You are not logged in to ${target.url}. A saved token goes only to the server it came from.`, {
    next: `octopool login ${target.url}, or set OCTOPOOL_TOKEN`,
  });
}

/** A whole number from the environment, or the fallback where it is not set. */
export function wholeNumber(env: Environment, name: string, fallback: number): number;
export function wholeNumber(env: Environment, name: string, fallback: undefined): number | undefined;
export function wholeNumber(env: Environment, name: string, fallback: number | undefined): number | undefined {
  const value = setting(env, name);
  if (value === undefined) return fallback;
  if (!/^\d{1,9}$/.test(value))
    throw new UsageProblem(`${name} must be a whole number, not "${value}".`, `${name}=2 octopool …`);
  return Number(value);
}
