/** A GitHub App's own endpoints: what it is, where it is installed, and the deliveries of its webhook. */
import type { Ask } from "./ask.ts";
import { jwtProblem } from "./credential.ts";
import type { WorldAnswer } from "./question.ts";
import { JSON_TYPE, notFound, refusal } from "./refusal.ts";
import type { AppSetting } from "./vocabulary.ts";
import type { World } from "./world.ts";

/** By world, so that a reset forgets them. */
const APPS = new WeakMap<World, AppSetting>();

export function setApp(world: World, app: AppSetting): void {
  APPS.set(world, app);
}

/** Undefined for any other question. Redeliveries are answered; that they arrive is the test's to do. */
export function appHookAnswer(ask: Ask, world: World, now: number): WorldAnswer | undefined {
  if (!/^\/app(?:$|\/installations$|\/hook\/)/.test(ask.path)) return undefined;
  if (ask.credential.kind !== "jwt") return refusal(401, "A JSON web token could not be decoded");
  const app = APPS.get(world);
  if (app === undefined) return refusal(401, "Integration not found");
  const problem = jwtProblem(ask.credential.jwt, app, now);
  if (problem !== undefined) return refusal(401, problem);
  const attempt = /^\/app\/hook\/deliveries\/(\d+)\/attempts$/.exec(ask.path)?.[1];
  if (ask.method === "POST" && attempt !== undefined) return redelivery(app, Number(attempt));
  if (ask.method !== "GET") return notFound();
  switch (ask.path) {
    case "/app":
      return body(200, { id: Number(app.app_id), slug: "octopool-test", events: app.events });
    case "/app/installations":
      return page(ask, app.installations, "page");
    case "/app/hook/deliveries":
      return page(ask, app.deliveries, "cursor");
    default:
      return notFound();
  }
}

function redelivery(app: AppSetting, id: number): WorldAnswer {
  if (!app.deliveries.some((delivery) => delivery.id === id)) return notFound();
  return app.redelivers === false
    ? refusal(422, "Validation failed, or the endpoint has been spammed.")
    : body(202, {});
}

/** Pages are counted from 1; a cursor here is a page too, which a client must not know. */
function page(ask: Ask, items: readonly object[], parameter: "page" | "cursor"): WorldAnswer {
  const size = Number(ask.query.get("per_page") ?? "30");
  const given = ask.query.get(parameter) ?? "";
  const at = parameter === "page" ? Number(given || "1") : Number(given.replace("v1_", "") || "1");
  const next = `${parameter === "cursor" ? "v1_" : ""}${at + 1}`;
  const link = `<${ask.origin}${ask.path}?per_page=${size}&${parameter}=${next}>; rel="next"`;
  const answer = body(200, items.slice((at - 1) * size, at * size));
  return at * size < items.length ? { ...answer, headers: { link } } : answer;
}

function body(status: number, value: object): WorldAnswer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(value), mediaFormat: "json", hasEtag: false };
}
