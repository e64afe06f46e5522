/** Builds what one request needs and hands it to its door. The composition root: it may see every room. */
import { RelayError } from "../shared/errors.ts";
import { readConfig, readSecret, type Config } from "./config.ts";
import { coordinatorFor } from "./coordinator/client.ts";
import type { Deps, Platform } from "./deps.ts";
import type { Bindings, Env } from "./env.ts";
import { isLocalHost, whatWasAsked, type Asked } from "./http/origin.ts";
import { refusal, SECURITY_HEADERS } from "./http/respond.ts";
import { RELAY_PATH } from "./http/relay-path.ts";
import { buildRouter } from "./http/router.ts";
import { wantsRaw } from "./http/relay.ts";
import { Isolate } from "./isolate.ts";
import { logError } from "./log.ts";
import { sweep } from "./scheduled.ts";
import { openDb, type Db } from "./store/db.ts";

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

interface Opened {
  readonly config: Config;
  readonly db: Db;
}

export function createWorker(
  platform: Platform = realPlatform(),
  options: { readonly auditGatherMs?: number } = {},
): ExportedHandler<Bindings> & { readonly isolate: Isolate } {
  // At the first request: workerd gives no randomness in global scope.
  let made: Isolate | undefined;
  const isolateOf = () => (made ??= new Isolate(platform.randomId(), options.auditGatherMs));
  const route = buildRouter();
  const opened = new WeakMap<object, Opened>();
  const open = (env: Env): Opened => {
    const known = opened.get(env);
    if (known !== undefined) return known;
    const fresh = { config: readConfig(env), db: openDb(env.DB) };
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
      const url = new URL(request.url);
      const relayDoor = url.pathname === RELAY_PATH;
      let secure = url.protocol === "https:";
      try {
        const { config, db } = open(env as unknown as Env);
        const asked = whatWasAsked(request, url, config);
        secure = asked.secure;
        if (!secure && !isLocalHost(url.hostname)) return withCommonHeaders(toHttps(url, asked), requestId, secure);
        const background = (work: Promise<unknown>) =>
          context.waitUntil(work.catch((error: unknown) => logError(error, requestId)));
        const deps = buildDeps(env as unknown as Env, { config, db }, asked, {
          platform,
          isolate,
          requestId,
          background,
          colo: (isolate.colo ??= coloOf(request)),
        });
        return withCommonHeaders(await route(request, deps, url.pathname), requestId, secure);
      } catch (error) {
        if (!(error instanceof RelayError) || error.code === "misconfigured") logError(error, requestId);
        const response = refusal(error, requestId, relayDoor);
        if (relayDoor && wantsRaw(request)) response.headers.set("x-octopool-answer", "relay");
        return withCommonHeaders(response, requestId, secure);
      }
    },
    async scheduled(controller, env, context) {
      const { config, db } = open(env as unknown as Env);
      const isolate = isolateOf();
      const requestId = platform.randomId();
      const asked: Asked = { origin: "", host: "app", clientAddress: "", secure: true };
      const background = (work: Promise<unknown>) =>
        context.waitUntil(work.catch((error: unknown) => logError(error, requestId)));
      await sweep(
        buildDeps(env as unknown as Env, { config, db }, asked, {
          platform,
          isolate,
          requestId,
          background,
          colo: "cron",
        }),
        controller.scheduledTime,
      );
    },
  };
}

type Running = Pick<Deps, "platform" | "isolate" | "requestId" | "background" | "colo">;

function buildDeps(env: Env, opened: Opened, asked: Asked, running: Running): Deps {
  return {
    ...running,
    ...opened,
    now: () => running.platform.now(),
    bucket: env.ACTIONS_LOGS,
    coordinator: (poolId) => coordinatorFor(env.POOL_COORDINATOR, poolId),
    secret: (secretRef) => readSecret(env, secretRef),
    logFailure: (error) => logError(error, running.requestId),
    asset: (path) => env.ASSETS.fetch(`https://assets.invalid${path}`),
    clientAddress: asked.clientAddress,
    origin: asked.origin,
    host: asked.host,
  };
}

/** The anonymous budget belongs to the data centre's egress address; an isolate lives in one, and reading cf costs. */
function coloOf(request: Request): string {
  const { cf } = request as { cf?: { colo?: unknown } };
  return typeof cf?.colo === "string" ? cf.colo : "local";
}

function toHttps(url: URL, asked: Asked): Response {
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
