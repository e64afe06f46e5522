/** Bar 8: what one miss waits for, counted by holding its calls back. */
import type { Finding } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { findWaits, type Waits } from "../tracing.ts";

const IN_SERIES_AT_MOST = 4;

export async function countMiss(setting: Setting): Promise<readonly Finding[]> {
  await setting.setAnonymousQuota("ample");
  const repository = setting.newRepository();
  await setting.read(`${repository}/pulls/1`);
  let number = 1;
  const newPull = async () => `${repository}/pulls/${++number}`;
  const anonymous = await findWaits(setting, newPull);
  await setting.spendAnonymousQuota();
  const pooled = await findWaits(setting, newPull);
  const refused = await findWaits(setting, () => newRefusedPull(setting));
  return [
    judgeMiss("one miss, anonymous", anonymous, IN_SERIES_AT_MOST),
    judgeMiss("one miss, with a PAT", pooled, IN_SERIES_AT_MOST),
    judgeSecond(pooled, refused),
  ];
}

/** The first identity that asks is refused; its rest is for this repository only, so each is another's. */
async function newRefusedPull(setting: Setting): Promise<string> {
  const repository = setting.newRepository();
  await setting.read(`${repository}/labels`); // proves it public
  const path = `${repository}/pulls/1`;
  await setting.standIn.client.addFault({ kind: "forbidden", reason: "permission", match: { path }, times: 1 });
  return path;
}

function judgeMiss(what: string, waits: Waits, inSeriesAtMost: number): Finding {
  const [d1, object] = [count(waits, "d1"), count(waits, "object")];
  return {
    bar: 8,
    what,
    ours: inWords(waits),
    floor: "",
    share: "",
    threshold: `D1 <= 1, object <= 1, series <= ${inSeriesAtMost}`,
    isMet: d1 <= 1 && object <= 1 && waits.inSeries <= inSeriesAtMost,
    raw: waits,
  };
}

function judgeSecond(first: Waits, second: Waits): Finding {
  const finding = judgeMiss("the same, first identity refused", second, first.inSeries + 1);
  const others = ["edge", "d1", "object"].every((kind) => count(second, kind) <= count(first, kind));
  return { ...finding, isMet: finding.isMet && others && count(second, "upstream") === count(first, "upstream") + 1 };
}

function inWords(waits: Waits): string {
  const parts = [`D1 ${count(waits, "d1")}`, `object ${count(waits, "object")}`, `fetch ${count(waits, "upstream")}`];
  return `${parts.join(", ")}, series ${waits.inSeries}`;
}

function count({ awaited }: Waits, kind: string): number {
  return awaited.filter((name) => name.startsWith(`${kind} `)).length;
}
