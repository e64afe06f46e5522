/** The first line of the overview: what is wrong and when, the worst first; all else explains it. Pure. */
import type { IdentityState, PoolStanding, Usage } from "../../shared/dashboard/overview.ts";
import { eligibleHitRate, totalOf } from "../../shared/dashboard/status.ts";
import { clock, percent } from "../ui/format.ts";
import type { Tone } from "../ui/mark.tsx";

export interface Health {
  readonly tone: Tone;
  /** The fact. */
  readonly lead: string;
  /** What it means, after the lead; begins with its own punctuation. */
  readonly rest: string;
  /** The identity it is about. */
  readonly identity?: string;
}

/** A share of fallbacks or errors that is worth a word, where it has at least doubled. */
const WORTH_A_WORD = 0.05;
/** As is a fall of the hit rate by this much. */
const FELL = 0.1;

export function healthOf(
  standing: PoolStanding | undefined,
  usage: Usage | undefined,
  now: number,
): Health | undefined {
  return (
    (standing === undefined ? undefined : ofIdentities(standing, now)) ??
    (usage === undefined ? undefined : ofUsage(usage)) ??
    (standing === undefined ? undefined : ofBroken(standing)) ??
    (standing === undefined || usage === undefined ? undefined : allIsWell(standing, usage))
  );
}

const canServe = ({ ability }: IdentityState) => ability === "able" || ability === "runs_dry";

/** When it serves again by itself; undefined: it serves, or waits for somebody. */
export function backAt({ ability, resources, rests }: IdentityState): number | undefined {
  const core = resources.find(({ id }) => id === "core");
  if (ability === "cooling")
    return Math.max(...rests.filter(({ scope }) => scope !== "route").map(({ until }) => until));
  if (ability !== "depleted") return undefined;
  return core?.resetAt ?? rests.find(({ cause }) => cause === "depleted")?.until;
}

function ofIdentities(standing: PoolStanding, now: number): Health | undefined {
  const { identities, core } = standing;
  const able = identities.filter(canServe);
  if (identities.length === 0) {
    return { tone: "warn", lead: "This pool has no identity", rest: ": only what GitHub tells anybody can be served." };
  }
  if (!standing.isKnown) {
    const rest = ", so no identity's quota is known; requests go on, and each is filled alone.";
    return { tone: "warn", lead: "The pool's coordinator does not answer", rest };
  }
  if (able.length === 0) return nobody(identities, now);
  if (core.dryFrom !== null) {
    const more = core.short === 1 ? "one identity more joins" : `${core.short} identities more join`;
    const range = about(core.dryFrom, core.dryTo, now);
    return {
      tone: "bad",
      lead: `core runs dry ${range}`,
      rest: ` unless ${more}; ${able.length} of ${identities.length} can serve now.`,
    };
  }
  return runsDry(identities, now);
}

function nobody(identities: readonly IdentityState[], now: number): Health {
  const back = identities.map(backAt).filter((at) => at !== undefined);
  const rest =
    back.length === 0 ? "; each waits for an operator." : `; the first is back at ${clock(Math.min(...back), now)}.`;
  return { tone: "bad", lead: "No identity can serve core", rest };
}

function runsDry(identities: readonly IdentityState[], now: number): Health | undefined {
  const dry = identities
    .flatMap((identity) => {
      const core = identity.resources.find(({ id }) => id === "core");
      const emptyFrom = core?.forecast.emptyFrom;
      return identity.ability === "runs_dry" && core !== undefined && emptyFrom != null
        ? [{ identity, core, emptyFrom }]
        : [];
    })
    .sort((one, other) => one.emptyFrom - other.emptyFrom);
  const [first] = dry;
  if (first === undefined) return undefined;
  const { identity, core, emptyFrom } = first;
  const others = identities.filter((each) => each.ability === "able").length;
  const back = identities.map(backAt).filter((at) => at !== undefined && at < core.resetAt) as number[];
  const takeOver = others === 0 ? "no other can take over" : `${counted(others)} can take over`;
  const more =
    back.length === 0
      ? ""
      : `, ${back.length} more ${back.length === 1 ? "is" : "are"} back by ${clock(Math.max(...back), now)}`;
  return {
    tone: "warn",
    lead: `core runs dry ${about(emptyFrom, core.forecast.emptyTo, now)} on `,
    rest: `, before its reset at ${clock(core.resetAt, now)}; ${takeOver}${more}.`,
    identity: identity.id,
  };
}

/** `about 14:32–14:50`; `about 14:32 or not at all` where the slower guess lasts. */
export function about(from: number, to: number | null, now: number): string {
  const [start, end] = [clock(from, now), to === null ? null : clock(to, now)];
  if (end === null) return `about ${start} or later`;
  return start === end ? `about ${start}` : `about ${start}–${end}`;
}

/** What an operator has to mend of it, after its name. */
export function problemWords({ problem, secretRef }: IdentityState): string {
  if (problem === "identity_secret_missing") return `has no secret ${secretRef}`;
  if (problem === "github_identity_unauthorized") return "is refused by GitHub";
  return `has a problem: ${(problem ?? "").replaceAll("_", " ")}`;
}

const counted = (n: number) => (n === 1 ? "one identity" : `${n} identities`);

function ofUsage({ now, before, troubles }: Usage): Health | undefined {
  const [total, totalBefore] = [totalOf(now.counts), totalOf(before.counts)];
  if (total === 0) return { tone: "rest", lead: "Nothing was asked in this window", rest: "." };
  for (const status of ["error", "fallback"] as const) {
    const share = now.counts[status] / total;
    const was = totalBefore === 0 ? 0 : before.counts[status] / totalBefore;
    if (share < WORTH_A_WORD || share < 2 * was) continue;
    const most = troubles
      .filter((each) => each.status === status)
      .sort((one, other) => other.requests - one.requests)[0];
    const what = status === "error" ? "of the requests were refused" : "of the requests were sent home";
    const why = most === undefined ? "" : `, mostly ${most.code}`;
    return {
      tone: status === "error" ? "bad" : "warn",
      lead: `${percent(share)} ${what}`,
      rest: `${why}; the window before it was ${percent(was)}.`,
    };
  }
  const [rate, wasRate] = [eligibleHitRate(now.counts), eligibleHitRate(before.counts)];
  if (rate !== null && wasRate !== null && wasRate - rate >= FELL) {
    return {
      tone: "warn",
      lead: `The hit rate fell to ${percent(rate)}`,
      rest: ` from ${percent(wasRate)} in the window before.`,
    };
  }
  return undefined;
}

function ofBroken({ identities }: PoolStanding): Health | undefined {
  const broken = identities.filter(({ ability }) => ability === "broken");
  const [first, ...others] = broken;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return {
    tone: "warn",
    lead: "Somebody must mend ",
    identity: first.id,
    rest: `, which ${problemWords(first)}${more}; ${serving(identities)}.`,
  };
}

function allIsWell({ identities }: PoolStanding, { now }: Usage): Health {
  const rate = eligibleHitRate(now.counts);
  const cache = rate === null ? "" : `, and ${percent(rate)} of what a cache could answer came from ours`;
  return { tone: "ok", lead: "All is well", rest: `: ${serving(identities)}${cache}.` };
}

const serving = (identities: readonly IdentityState[]) =>
  `${identities.filter(canServe).length} of ${identities.length} identities can serve`;
