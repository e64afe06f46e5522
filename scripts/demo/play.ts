/** Plays the demo's moments against the local server, through the doors that everybody uses, until it is told to stop. */
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { StandInClient } from "../../test/github/client.ts";
import { DEMO_POOL } from "./cast.ts";
import { deliveriesOf, ping, signatureOf, type Delivery } from "./deliveries.ts";
import { momentsOf, type DemoRead, type Moment } from "./moments.ts";
import type { Stage } from "./stage.ts";

export interface PlayAsk {
  readonly url: string;
  readonly standInUrl: string;
  readonly webhookSecret: string;
  readonly stage: Stage;
  /** Ends the play. */
  readonly signal: AbortSignal;
  /** Told once of the first thing that goes wrong; the play goes on. */
  readonly troubled: (error: unknown) => void;
}

const SEED = 20_260_801;
/** The first moments follow each other at once, so that there is something to see. */
const OVERTURE = 40;
/** Between moments and between the reads of one, on average: a stream, not a load. */
const MOMENT_MS = 3_000;
const READ_MS = 350;

/** Resolves when `signal` aborts, and never rejects. */
export async function playDemo(ask: PlayAsk): Promise<void> {
  let isTroubled = false;
  const trying = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      // The server may be restarting, or about to end; a demo must take nothing down with it.
      if (!isTroubled && !ask.signal.aborted) ask.troubled(error);
      isTroubled = true;
    }
  };
  await trying(() => deliver(ping(), ask));
  let played = 0;
  for (const moment of momentsOf(SEED)) {
    if (ask.signal.aborted) return;
    const isSlow = played++ >= OVERTURE;
    await trying(() => playMoment(moment, isSlow ? READ_MS : 0, ask));
    if (isSlow) await pause(MOMENT_MS, ask.signal);
  }
}

/** @param readMs between the reads of one moment. @throws what fetch throws, or that a webhook was refused. */
export async function playMoment(moment: Moment, readMs: number, ask: PlayAsk): Promise<void> {
  switch (moment.kind) {
    case "reads":
      for (const read of moment.reads) {
        await readOnce(read, ask);
        if (readMs > 0) await pause(readMs, ask.signal);
      }
      return;
    case "push":
      return push(moment, ask);
    default:
      return moment satisfies never;
  }
}

async function readOnce({ login, path, query, maxAgeSeconds }: DemoRead, ask: PlayAsk): Promise<void> {
  const headers = maxAgeSeconds === undefined ? {} : { headers: { "cache-control": `max-age=${maxAgeSeconds}` } };
  const response = await fetch(`${ask.url}/v1/github/request`, {
    method: "POST",
    headers: { authorization: `Bearer ${ask.stage.tokens.get(login)}`, "content-type": "application/json" },
    body: JSON.stringify({
      pool: DEMO_POOL,
      method: "GET",
      path,
      ...(query === undefined ? {} : { query }),
      ...headers,
    }),
    signal: ask.signal,
  });
  await response.arrayBuffer();
}

/** GitHub changes first; its webhooks tell of it a moment later. */
async function push(moment: Extract<Moment, { kind: "push" }>, ask: PlayAsk): Promise<void> {
  const github = new StandInClient(ask.standInUrl);
  const repository = `/repos/${moment.repository}`;
  for (const path of [`pulls/${moment.pull}`, "pulls", "actions/runs", `actions/runs/${moment.run}`]) {
    await github.touch(`${repository}/${path}`);
  }
  const sha = createHash("sha1").update(randomUUID()).digest("hex");
  await Promise.all(deliveriesOf(moment, sha).map((delivery) => deliver(delivery, ask)));
}

async function deliver({ event, payload }: Delivery, { url, webhookSecret, signal }: PlayAsk): Promise<void> {
  const body = JSON.stringify(payload);
  const response = await fetch(`${url}/v1/github/webhook`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": signatureOf(body, webhookSecret),
    },
    body,
    signal,
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`the webhook ${event} was answered ${response.status}: ${text}`);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined); // rejects when the play is over
}
