/** POST /v1/github/webhook: GitHub says that something moved, and what was stored of it ends. */
import { RelayError } from "../../shared/errors.ts";
import { scopeOfKey } from "../../shared/surrogate-keys.ts";
import type { Deps } from "../deps.ts";
import { logLine } from "../log.ts";
import { dropProofAtEdge } from "../relay/proof-edge.ts";
import { type Delay, type Delivery, noteDelay, takeDelivery } from "../store/webhooks.ts";
import { type LargeBodies, largeBodiesOf } from "../webhooks/large-bodies.ts";
import { mapEvent } from "../webhooks/map-event.ts";
import { actionOf, type Effects, repositoryOf } from "../webhooks/payload.ts";
import { MAX_PAYLOAD_BYTES, readSignature, readSigned } from "../webhooks/read-signed.ts";
import { toldAt } from "../webhooks/told-at.ts";
import { invalidField } from "./read-body.ts";
import { json } from "./respond.ts";

/** A shorter secret could be guessed offline from one delivery, so the door stays shut. */
const SHORTEST_SECRET = 16;
const EVENT = /^[a-z][a-z_]{0,63}$/;
const DELIVERY = /^[A-Za-z0-9-]{1,100}$/;

/**
 * 202 with how many surrogate keys ended, once that is in D1. A delivery that was taken before changes nothing.
 * @throws RelayError not_found without a usable secret; invalid_signature, invalid_request, unsupported_media_type,
 * request_too_large before anything is read; webhook_deferred (503) where nothing of it could be kept.
 */
export async function webhook(request: Request, deps: Deps): Promise<Response> {
  const secret = deps.config.webhookSecret;
  if (secret === undefined || secret.length < SHORTEST_SECRET) throw new RelayError("not_found");
  const { signature, event, deliveryId, declaredBytes } = readHeaders(request.headers);
  const receivedAt = deps.now();
  const largeBodies = largeBodiesOf(deps.isolate, deps.now);
  try {
    if (!(await largeBodies.hold(declaredBytes))) throw deferred("another large delivery is being read");
    const payload = await readPayload(request, { signature, secret, largeBodies });
    const effects = mapEvent(event, payload);
    const delivery: Delivery = {
      deliveryId,
      event,
      action: actionOf(payload),
      repository: repositoryOf(payload) ?? "",
      bumped: effects.keys.length,
      receivedAt,
    };
    const isNew = await take(delivery, effects, deps);
    const delay = delayOf(receivedAt, toldAt(payload), deps.now());
    logDelivery(delivery, isNew, delay);
    // Beside the answer: GitHub waits for that one, and nobody for this.
    if (isNew) deps.background(noteDelay(deps.db, deliveryId, delay));
    return json(202, { accepted: true, keys: isNew ? effects.keys.length : 0, ...(isNew ? {} : { duplicate: true }) });
  } finally {
    largeBodies.release();
  }
}

interface Headed {
  readonly signature: Uint8Array;
  readonly event: string;
  readonly deliveryId: string;
  /** 0 where no length is declared: then the bytes are counted as they come. */
  readonly declaredBytes: number;
}

/** Everything that can be refused before a byte of the body is read. */
function readHeaders(headers: Headers): Headed {
  const signature = readSignature(headers.get("x-hub-signature-256"));
  if (signature === undefined) throw new RelayError("invalid_signature");
  const event = headers.get("x-github-event") ?? "";
  if (!EVENT.test(event)) throw invalidField("x-github-event", "must name a webhook event");
  const deliveryId = headers.get("x-github-delivery") ?? "";
  if (!DELIVERY.test(deliveryId)) throw invalidField("x-github-delivery", "must be the delivery's id");
  const mediaType = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    throw new RelayError("unsupported_media_type", { message: "Set the webhook's content type to application/json." });
  const declaredBytes = Number(headers.get("content-length") ?? "0");
  if (!(declaredBytes <= MAX_PAYLOAD_BYTES)) throw new RelayError("request_too_large");
  return { signature, event, deliveryId, declaredBytes };
}

interface Reading {
  readonly signature: Uint8Array;
  readonly secret: string;
  readonly largeBodies: LargeBodies;
}

/** Nothing is parsed, and D1 is asked nothing, before the signature is right. */
async function readPayload(request: Request, { signature, secret, largeBodies }: Reading): Promise<object> {
  const { hold } = largeBodies;
  const read = await readSigned({ body: request.body, signature, secret, holdLarge: hold });
  switch (read.kind) {
    case "signed":
      return parse(read.text);
    case "wrong_signature":
      throw new RelayError("invalid_signature");
    case "too_large":
      throw new RelayError("request_too_large");
    case "busy":
      throw deferred("another large delivery is being read");
    case "too_slow":
      throw deferred("its body came too slowly");
    default:
      throw read satisfies never;
  }
}

function parse(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new RelayError("invalid_json", { cause });
    throw cause;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RelayError("invalid_json");
  return value;
}

/** True: new, and in force everywhere within the memo bound, in this isolate from the next request on. */
async function take(delivery: Delivery, effects: Effects, deps: Deps): Promise<boolean> {
  const { keys, endedProofs = [], coverage = [] } = effects;
  const { isNew, poolIds } = await takeDelivery(deps.db, delivery, {
    at: deps.now(),
    keys,
    endedProofs,
    coverage,
  }).catch((cause: unknown) => {
    // D1 took none of the batch. GitHub notes the 503, and an App's deliveries are asked for again.
    throw deferred("it could not be stored", cause);
  });
  const scopes = new Set(keys.map(scopeOfKey));
  for (const poolId of poolIds) deps.isolate.endEpochs(poolId, scopes, deps.now());
  for (const name of endedProofs) {
    deps.isolate.proofs.delete(name);
    deps.isolate.hiddenReferences.delete(name);
    for (const poolId of poolIds) deps.background(dropProofAtEdge({ poolId, scope: name }, deps));
  }
  return isNew;
}

function deferred(why: string, cause?: unknown): RelayError {
  const name = cause instanceof Error ? cause.name : undefined;
  logLine("error", { message: `webhook deferred: ${why}`, cause: name });
  return new RelayError("webhook_deferred", { details: { why }, cause });
}

/** What docs/webhooks.md calls the delay. @param changedAt epoch ms by GitHub's own clock, where the payload has a time. */
function delayOf(receivedAt: number, changedAt: number | undefined, now: number): Delay {
  return { visibleMs: now - receivedAt, sinceChangeMs: changedAt === undefined ? null : now - changedAt };
}

/** Names and numbers only. */
function logDelivery(delivery: Delivery, isNew: boolean, { visibleMs, sinceChangeMs }: Delay): void {
  const { deliveryId, event, action, repository, bumped } = delivery;
  logLine("info", {
    message: "webhook",
    delivery: deliveryId,
    event,
    action,
    repository,
    keys: bumped,
    duplicate: !isNew,
    duration_ms: visibleMs,
    since_change_ms: sinceChangeMs ?? undefined,
  });
}
