/** Builds what one request needs and hands it to its door. The composition root: it may see every room. */
import { RelayError } from "../shared/errors.ts";
import { readConfig, readSecret } from "./config.ts";
import { coordinatorFor } from "./coordinator/client.ts";
import type { Deps, Platform } from "./deps.ts";
import type { Bindings, Env } from "./env.ts";
import { Addresses, type Address } from "./http/address.ts";
import { whatWasAsked, type Asked } from "./http/origin.ts";
import { refusal, SECURITY_HEADERS } from "./http/respond.ts";
import { RELAY_PATH } from "./http/relay-path.ts";
import { buildRouter } from "./http/router.ts";
import { wantsRaw } from "./http/relay.ts";
import { Isolate, type Waits } from "./isolate.ts";
import { logError } from "./log.ts";
import { sweep } from "./scheduled.ts";
import { openDb } from "./store/db.ts";

/** What the runtime gives; tests and the bench hand in their own. */
export function realPlatform(): Platform {
  return {
    now: () => Date.now(),
    randomId: () => crypto.randomUUID(),
    fetch: (request) => fetch(request),
    edge: {
      match: (key) => caches.default.match(key),
      put: (key, response) => caches.default.put(key, response),
      delete: (key) => caches.default.delete(key),
    },
  };
}

/** What is the same for every request of an isolate: made once, since a hit feels each closure. */
type Opened = Pick<
  Deps,
  "config" | "now" | "platform" | "db" | "bucket" | "isolate" | "coordinator" | "secret" | "asset"
>;

export function createWorker(
  platform: Platform = realPlatform(),
  waits: Waits = {},
): ExportedHandler<Bindings> & { readonly isolate: Isolate } {
  // At the first request: workerd gives no randomness in global scope.
  let made: Isolate | undefined;
  const isolateOf = () => (made ??= new Isolate(platform.randomId(), waits));
  const route = buildRouter();
  const addresses = new Addresses();
  const opened = new WeakMap<object, Opened>();
  const open = (env: Env): Opened => {
    const known = opened.get(env);
    if (known !== undefined) return known;
    const fresh = openAll(env, platform, isolateOf());
    opened.set(env, fresh);
    return fresh;
  };
  return {
    get isolate() {
      return isolateOf();
    },
    async fetch(request, env, context) {
      const isolate = isolateOf();
      const requestId = platform.randomId();
      const url = addresses.read(request.url);
      const relayDoor = url.pathname === RELAY_PATH;
      let secure = url.protocol === "https:";
      try {
        const opened = open(env as unknown as Env);
        const asked = whatWasAsked(request, url, opened.config);
        secure = asked.secure;
        if (!secure && !url.isLocal) return withCommonHeaders(toHttps(url, asked), requestId, secure);
        const background = (work: Promise<unknown>) =>
          context.waitUntil(work.catch((error: unknown) => logError(error, requestId)));
        const colo = (isolate.colo ??= coloOf(request));
        const deps = buildDeps(opened, asked, { requestId, background, colo });
        return withCommonHeaders(await route(request, deps, url.pathname), requestId, secure);
      } catch (error) {
        if (!(error instanceof RelayError) || error.code === "misconfigured") logError(error, requestId);
        const response = refusal(error, requestId, relayDoor);
        if (relayDoor && wantsRaw(request)) response.headers.set("x-octopool-answer", "relay");
        return withCommonHeaders(response, requestId, secure);
      }
    },
    async scheduled(controller, env, context) {
      const opened = open(env as unknown as Env);
      const requestId = platform.randomId();
      const asked: Asked = { origin: "", host: "app", clientAddress: "", secure: true };
      const background = (work: Promise<unknown>) =>
        context.waitUntil(work.catch((error: unknown) => logError(error, requestId)));
      await sweep(buildDeps(opened, asked, { requestId, background, colo: "cron" }), controller.scheduledTime);
    },
  };
}

function openAll(env: Env, platform: Platform, isolate: Isolate): Opened {
  return {
    config: readConfig(env),
    now: () => platform.now(),
    platform,
    db: openDb(env.DB),
    bucket: env.ACTIONS_LOGS,
    isolate,
    coordinator: (poolId) => coordinatorFor(env.POOL_COORDINATOR, poolId),
    secret: (secretRef) => readSecret(env, secretRef),
    asset: (path) => env.ASSETS.fetch(`https://assets.invalid${path}`),
  };
}

function buildDeps(
  opened: Opened,
  { clientAddress, origin, host }: Asked,
  { requestId, background, colo }: Pick<Deps, "requestId" | "background" | "colo">,
): Deps {
  const logFailure = (error: unknown) => logError(error, requestId);
  return { ...opened, requestId, background, colo, logFailure, clientAddress, origin, host };
}

/** The anonymous budget belongs to the data centre's egress address; an isolate lives in one, and reading cf costs. */
function coloOf(request: Request): string {
  const { cf } = request as { cf?: { colo?: unknown } };
  return typeof cf?.colo === "string" ? cf.colo : "local";
}

function toHttps(url: Address, asked: Asked): Response {
  // Set part by part: resolved as a reference, a path that begins with // would name another host (RFC 3986, section 4.2).
  const target = new URL(asked.origin);
  target.protocol = "https:";
  target.pathname = url.pathname;
  target.search = url.search;
  return new Response(null, { status: 308, headers: { ...SECURITY_HEADERS, location: target.href } });
}

const HSTS = "max-age=31536000; includeSubDomains";

function withCommonHeaders(response: Response, requestId: string, secure: boolean): Response {
  response.headers.set("x-octopool-request-id", requestId);
  if (secure) response.headers.set("strict-transport-security", HSTS);
  return response;
}
