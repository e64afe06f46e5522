/** Bars 1 to 4: fresh hits, from isolate memory and from the Cache API, against the floor. */
import type { Call } from "../call.ts";
import { contest, ratio, type Standing } from "../contest.ts";
import { inMs, percent, perSecond, type Finding } from "../finding.ts";
import { floorOf, inTurn, makeFresh, WITHOUT_MEMORY } from "../questions.ts";
import type { Setting } from "../setting.ts";
import { upstreamCalls } from "../stand-in.ts";
import { traceRead } from "../tracing.ts";

interface Comparison {
  readonly bar: number;
  readonly what: string;
  readonly ours: Standing;
  readonly other: Standing;
  /** The least share that meets the bar, 0 to 1. */
  readonly least: number;
  /** What the share is of. */
  readonly of: string;
}

function compare({ bar, what, ours, other, least, of }: Comparison): Finding {
  const share = ratio(ours, other);
  return {
    bar,
    what,
    ours: perSecond(ours.perSecond),
    floor: perSecond(other.perSecond),
    share: percent(share),
    threshold: `>= ${percent(least)} of ${of}`,
    isMet: share >= least,
    raw: { share, ours, other },
  };
}

/** Bar 1: one pull of 20 KB. */
export async function hitOnePull(setting: Setting): Promise<readonly Finding[]> {
  await setting.setAnonymousQuota("ample");
  const path = `${setting.newRepository()}/pulls/1`;
  await makeFresh(setting, [path]);
  await setting.keepAtFloor(path, await setting.read(path));
  const { memory, edge, floor } = await contest(setting.port, {
    memory: inTurn(setting, [path]),
    edge: inTurn(setting, [path], { headers: WITHOUT_MEMORY }),
    floor: floorOf(setting, path),
  });
  await makeFresh(setting, [path]);
  return [
    compare({ bar: 1, what: "20 KB pull, isolate memory", ours: memory, other: floor, least: 0.65, of: "the floor" }),
    compare({ bar: 1, what: "20 KB pull, Cache API", ours: edge, other: floor, least: 0.35, of: "the floor" }),
    await countCalls(setting, path, "awaited, isolate memory", {}),
    await countCalls(setting, path, "awaited, Cache API", WITHOUT_MEMORY),
    slowest("p99, isolate memory", memory, floor),
  ];
}

function slowest(what: string, ours: Standing, floor: Standing): Finding {
  const share = ratio(ours, floor, "p99Ms");
  return {
    bar: 1,
    what,
    ours: inMs(ours.p99Ms),
    floor: inMs(floor.p99Ms),
    share: percent(share),
    threshold: "<= 200 % of the floor's p99",
    isMet: share <= 2,
    raw: { share },
  };
}

/** Calls begun before the answer: no fewer than those awaited. */
async function countCalls(
  setting: Setting,
  path: string,
  what: string,
  headers: Readonly<Record<string, string>>,
): Promise<Finding> {
  const { calls } = await traceRead(setting, path, { headers });
  const begun = calls.filter(({ startedBeforeAnswer }) => startedBeforeAnswer);
  const count = (kind: Call["kind"]) => begun.filter((call) => call.kind === kind).length;
  const others = begun.length - count("edge");
  return {
    bar: 1,
    what,
    ours: `Cache ${count("edge")}, D1 ${count("d1")}, object ${count("object")}, upstream ${count("upstream")}`,
    floor: "",
    share: "",
    threshold: "Cache <= 1, else none",
    isMet: count("edge") <= 1 && others === 0,
    raw: { calls },
  };
}

/** Bar 2: the same over 200 keys. */
export async function hitManyPulls(setting: Setting): Promise<readonly Finding[]> {
  await setting.setAnonymousQuota("ample");
  const repositories = Array.from({ length: 10 }, () => setting.newRepository());
  const paths = repositories.flatMap((path) => Array.from({ length: 20 }, (_, index) => `${path}/pulls/${index + 1}`));
  await makeFresh(setting, paths);
  const { many, one } = await contest(setting.port, {
    many: inTurn(setting, paths),
    one: inTurn(setting, paths.slice(0, 1)),
  });
  return [compare({ bar: 2, what: "200 keys, isolate memory", ours: many, other: one, least: 0.85, of: "one key" })];
}

/**
 * Bar 3: a run list of 200 KB against a pull of 20 KB. Each figure is a share of a floor of its own size, as everywhere
 * here: ten times the bytes cost the floor as well, and only what we add to them is ours to answer for.
 */
export async function hitRunList(setting: Setting): Promise<readonly Finding[]> {
  await setting.setAnonymousQuota("ample");
  const repository = setting.newRepository();
  const [list, pull] = [`${repository}/actions/runs`, `${repository}/pulls/1`];
  await makeFresh(setting, [pull]);
  await makeFresh(setting, [list]);
  await setting.keepAtFloor(list, await setting.read(list));
  await setting.keepAtFloor(pull, await setting.read(pull));
  const all = await contest(setting.port, {
    listMemory: inTurn(setting, [list]),
    pullMemory: inTurn(setting, [pull]),
    listEdge: inTurn(setting, [list], { headers: WITHOUT_MEMORY }),
    pullEdge: inTurn(setting, [pull], { headers: WITHOUT_MEMORY }),
    listFloor: floorOf(setting, list),
    pullFloor: floorOf(setting, pull),
  });
  const { listFloor, pullFloor } = all;
  return [
    ofFloors("200 KB run list, isolate memory", 0.65, {
      ours: all.listMemory,
      pull: all.pullMemory,
      listFloor,
      pullFloor,
    }),
    ofFloors("200 KB run list, Cache API", 0.6, { ours: all.listEdge, pull: all.pullEdge, listFloor, pullFloor }),
  ];
}

interface AgainstPull {
  readonly ours: Standing;
  readonly pull: Standing;
  readonly listFloor: Standing;
  readonly pullFloor: Standing;
}

function ofFloors(what: string, least: number, { ours, pull, listFloor, pullFloor }: AgainstPull): Finding {
  const [listShare, pullShare] = [ratio(ours, listFloor), ratio(pull, pullFloor)];
  const share = listShare / pullShare;
  return {
    bar: 3,
    what,
    ours: perSecond(ours.perSecond),
    floor: perSecond(listFloor.perSecond),
    share: `${percent(listShare)} to ${percent(pullShare)}`,
    threshold: `>= ${percent(least)} of the pull's share`,
    isMet: share >= least,
    raw: { share, listShare, pullShare, requestsOfPull: ratio(ours, pull), ours, pull, listFloor, pullFloor },
  };
}

/** Bar 4: what one caller's PAT fetched, asked by another, with the anonymous quota gone. */
export async function hitPooledPull(setting: Setting): Promise<readonly Finding[]> {
  await setting.setAnonymousQuota("ample");
  const [anonymous, pooled] = [`${setting.newRepository()}/pulls/1`, `${setting.newRepository()}/pulls/1`];
  await makeFresh(setting, [anonymous]);
  await setting.spendAnonymousQuota();
  await makeFresh(setting, [pooled]);
  const { text } = await setting.read(pooled, { caller: 1 });
  const filler = (JSON.parse(text) as { readonly identity?: { readonly kind: string } }).identity?.kind;
  if (filler !== "pat") throw new Error(`a PAT was to fill ${pooled}, and ${filler ?? "nobody"} did`);
  await setting.standIn.client.clearLog();
  const { byPat, byNobody } = await contest(setting.port, {
    byPat: inTurn(setting, [pooled], { caller: 1 }),
    byNobody: inTurn(setting, [anonymous]),
  });
  const { reads, proofs } = await upstreamCalls(setting.standIn.client);
  const same = { bar: 4, what: "20 KB pull filled by a PAT", of: "an anonymous fill's", least: 0.9 };
  return [
    compare({ ...same, ours: byPat, other: byNobody }),
    {
      bar: 4,
      what: "upstream calls meanwhile",
      ours: `${reads.length} reads, ${proofs} proofs`,
      floor: "",
      share: "",
      threshold: "0",
      isMet: reads.length + proofs === 0,
      raw: { reads, proofs },
    },
  ];
}
