/**
 * The hourly look at what GitHub tried to tell us (4-cache, Covered): deliveries that failed are sent again; where one
 * is lost for good, or GitHub could not be asked, the App's coverage ends, because events end long-lived answers no more.
 */
import type { Deps } from "./deps.ts";
import {
  type AppAnswer,
  type AppDelivery,
  type AppInstallation,
  askDeliveries,
  askInstallations,
  type Page,
  redeliver,
} from "./github/deliveries.ts";
import { bumpGenerationsEverywhere } from "./store/generations.ts";
import { listRuns } from "./store/housekeeping.ts";
import { endProof, findProofById } from "./store/visibility.ts";
import { changeCoverage, endCoverageEverywhere, findTaken } from "./store/webhooks.ts";
import { COVERABLE_EVENTS } from "./webhooks/map-event.ts";
import { openApp } from "./webhooks/open-app.ts";
import { refreshCoverage } from "./webhooks/refresh-coverage.ts";

export type DeliverySweepDeps = Pick<Deps, "db" | "config" | "now" | "platform" | "secret">;

/** The name under which a run's report keeps this. */
export const DELIVERIES_TASK = "webhook deliveries";

/** 5,000 deliveries an hour, in 50 of the App's 5,000 requests. */
const MOST_PAGES = 50;
const MOST_REDELIVERIES = 500;
/** Where no run is known; our own record of deliveries goes back as far. */
const LOOK_BACK_MS = 23 * 3_600_000;
/** Deliveries that were on their way when the last run looked. */
const OVERLAP_MS = 2 * 60_000;

/** Why a sweep could not run; its name is what the run's report shows. It holds no value of any setting. */
export class DeliverySweepError extends Error {
  constructor(code: string) {
    super(`The sweep of webhook deliveries could not run: ${code}.`);
    this.name = code;
  }
}

/**
 * Answers how many deliveries were asked for again. Without an App there is nothing to ask: the webhooks of single
 * repositories and organizations stand as they are.
 * @throws DeliverySweepError after the App's coverage was ended.
 */
export async function sweepDeliveries(deps: DeliverySweepDeps, startedAt: number): Promise<number> {
  const { config, db } = deps;
  if (config.webhookSecret === undefined) {
    await endCoverageEverywhere(db, { reason: "webhooks_off" }, deps.now());
    return 0;
  }
  if (config.appId === undefined) {
    await endCoverageEverywhere(db, { source: "app", reason: "github_app_id_missing" }, deps.now());
    return 0;
  }
  const app = await openApp(deps);
  if (app.kind === "closed") return giveUp(app.code, deps);
  const installations = await allPages(
    (page) => askInstallations(app.jwt, page, deps),
    () => false,
  );
  if (installations === undefined) return giveUp("github_app_installations_unknown", deps);
  await refreshCoverage(installations, app.events, deps);
  const since = Math.max(await lastRunAt(deps), startedAt - LOOK_BACK_MS) - OVERLAP_MS;
  const deliveries = await allPages(
    (cursor) => askDeliveries(app.jwt, cursor, deps),
    (delivery: AppDelivery) => delivery.delivered_at < since,
  );
  if (deliveries === undefined) return giveUp("github_app_deliveries_unknown", deps);
  return recover({ deliveries, installations, jwt: app.jwt, since }, deps);
}

async function giveUp(code: string, deps: DeliverySweepDeps): Promise<never> {
  await endCoverageEverywhere(deps.db, { source: "app", reason: code }, deps.now());
  throw new DeliverySweepError(code);
}

/** Undefined: a page could not be had, or there are more than MOST_PAGES. */
async function allPages<T>(
  ask: (next: string | undefined) => Promise<AppAnswer<Page<T>>>,
  isPast: (item: T) => boolean,
): Promise<readonly T[] | undefined> {
  const items: T[] = [];
  let next: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await ask(next);
    if (answer.kind !== "answer") return undefined;
    items.push(...answer.value.items);
    next = answer.value.next;
    const oldest = answer.value.items.at(-1);
    if (next === undefined || oldest === undefined || isPast(oldest)) return items;
  }
  return undefined;
}

/** When the last sweep that could look began, epoch ms; 0 where none is known. */
async function lastRunAt({ db }: DeliverySweepDeps): Promise<number> {
  const runs = await listRuns(db, 48);
  const looked = runs.find((run) => {
    const report = run.report[DELIVERIES_TASK];
    return typeof report === "object" && report !== null && !("failed" in report);
  });
  return looked?.startedAt ?? 0;
}

interface Missed {
  readonly deliveries: readonly AppDelivery[];
  readonly installations: readonly AppInstallation[];
  readonly jwt: string;
  readonly since: number;
}

/** What we have not taken by any attempt: sent again, or lost. */
async function recover({ deliveries, installations, jwt, since }: Missed, deps: DeliverySweepDeps): Promise<number> {
  const failed = deliveries.filter((delivery) => delivery.delivered_at >= since && !isDone(delivery));
  const byGuid = Map.groupBy(failed, ({ guid }) => guid);
  const taken = await findTaken(deps.db, [...byGuid.keys()]);
  const done = new Set(deliveries.filter(isDone).map(({ guid }) => guid));
  const missing = [...byGuid.values()].flatMap(([newest]) =>
    newest === undefined || taken.has(newest.guid) || done.has(newest.guid) ? [] : [newest],
  );
  const lost = new Map<string, AppDelivery>();
  let redelivered = 0;
  for (const newest of missing) {
    // One that failed again an hour later says that the next attempt would, too.
    const mayTry = !newest.redelivery && redelivered < MOST_REDELIVERIES;
    if (mayTry && (await redeliver(jwt, newest.id, deps))) redelivered += 1;
    // Many about the same thing are lost once.
    else lost.set(`${newest.installation_id} ${newest.repository_id} ${newest.event}`, newest);
  }
  for (const delivery of lost.values()) await lose(delivery, installations, deps);
  return redelivered;
}

const isDone = ({ status_code }: AppDelivery): boolean => status_code >= 200 && status_code < 300;

/**
 * The event is lost: its coverage ends for the account it was about, for every account where that cannot be told. What
 * is stored of its repository ends too, since it may have been given a long time already, and so does its proof.
 */
async function lose(
  delivery: AppDelivery,
  installations: readonly AppInstallation[],
  { db, now }: DeliverySweepDeps,
): Promise<void> {
  const owner = installations.find(({ id }) => id === delivery.installation_id)?.account?.login;
  const reason = "failed_delivery";
  if (owner === undefined) await endCoverageEverywhere(db, { source: "app", reason }, now());
  else {
    const event = COVERABLE_EVENTS.includes(delivery.event) ? { event: delivery.event } : {};
    await changeCoverage(db, [{ kind: "ends", owner, source: "app", reason, ...event }], now());
  }
  const proof =
    typeof delivery.repository_id === "number" ? await findProofById(db, delivery.repository_id) : undefined;
  if (proof === undefined) return;
  const scope = `${proof.owner}/${proof.repo}`;
  await endProof(db, proof.owner, proof.repo, now());
  await bumpGenerationsEverywhere(db, scope, [`repo:${scope}`, `visibility:${scope}`], now());
}
