/** The App behind the webhook, as GitHub knows it by the key of one of its identities. */
import type { Deps } from "../deps.ts";
import { appJwt } from "../github/app-jwt.ts";
import { askAppEvents } from "../github/deliveries.ts";
import { listIdentities } from "../store/identities.ts";
import { listPoolIds } from "../store/pools.ts";

type AppDeps = Pick<Deps, "db" | "config" | "now" | "platform" | "secret">;

/** Keys tried: one App has one or two, during a rotation. */
const MOST_KEYS = 5;

export type OpenedApp =
  | { readonly kind: "open"; readonly jwt: string; readonly events: readonly string[] }
  | { readonly kind: "closed"; readonly code: string };

/** With the key of any active App identity that GitHub knows as this App's. */
export async function openApp(deps: AppDeps): Promise<OpenedApp> {
  let code = "github_app_key_missing";
  for (const privateKeyPem of await appKeys(deps)) {
    const made = appJwt({ appId: deps.config.appId, privateKeyPem, now: deps.now() });
    if (made.kind === "misconfigured") {
      code = made.code;
      continue;
    }
    const events = await askAppEvents(made.jwt, deps);
    if (events.kind === "answer") return { kind: "open", jwt: made.jwt, events: events.value };
    code = events.kind === "unauthorized" ? "github_app_unauthorized" : "github_app_unreachable";
  }
  return { kind: "closed", code };
}

async function appKeys(deps: AppDeps): Promise<readonly string[]> {
  const refs = new Set<string>();
  for (const poolId of await listPoolIds(deps.db)) {
    for (const identity of await listIdentities(deps.db, poolId))
      if (identity.kind === "github_app" && identity.status === "active") refs.add(identity.secretRef);
  }
  return [...refs]
    .map((ref) => deps.secret(ref))
    .filter((key) => key !== undefined)
    .slice(0, MOST_KEYS);
}
