import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  downRelay,
  garblingRelay,
  recordingRelay,
  refusingRelay,
  slowRelay,
  type BrokenRelay,
} from "./support/broken-relays.ts";
import { GH_ROWS, type GhRow } from "./support/commands.ts";
import { comparable } from "./support/comparable.ts";
import { installedGh, openPlayground, USER_TOKEN, type Playground } from "./support/playground.ts";
import type { GhOutcome } from "./support/run-gh.ts";

const PATIENCE_MS = 240_000;
const gh = installedGh();

let play: Playground;
let relays: Readonly<Record<string, BrokenRelay>> = {};

beforeAll(async () => {
  if (gh === undefined) return;
  play = await openPlayground();
  relays = {
    down: await downRelay(),
    slow: await slowRelay(play.relayUrl),
    refusing: await refusingRelay("owner_denied"),
    garbling: await garblingRelay(),
  };
}, PATIENCE_MS);

afterAll(async () => {
  await Promise.all(Object.values(relays).map((relay) => relay.close()));
  await play?.close();
}, PATIENCE_MS);

/** Two repositories, so that a question is new on a terminal though it was asked on a pipe. */
const SETTINGS = [
  { on: "a pipe", terminal: false, repo: "octocat/hello-world", n: "7" },
  { on: "a terminal", terminal: true, repo: "octo-org/octo-repo", n: "8" },
] as const;
type Setting = (typeof SETTINGS)[number];

const lineOf = ({ line }: GhRow, { repo, n }: Setting): string =>
  `${line.replaceAll("<repo>", repo).replaceAll("<n>", n)}`;

/** All that a relay may answer, and some of each kind that it may not. */
const RELAYED_ROWS = GH_ROWS.filter(({ asks }, index) => asks === "rest" || asks === "both" || index % 3 === 0);

const expected = new Map<string, Promise<GhOutcome>>();

function plainOutcome(row: GhRow, setting: Setting): Promise<GhOutcome> {
  const line = lineOf(row, setting);
  const key = `${setting.on}: ${line}`;
  const known = expected.get(key) ?? play.plain(line, setting.terminal);
  expected.set(key, known);
  return known;
}

interface Compared {
  readonly ours: unknown;
  readonly plain: unknown;
}

/** Where the real gh is missing nothing can be compared: on a developer's machine that passes, in CI it fails. */
const UNCOMPARED: Compared = {
  ours: process.env["CI"] === "true" ? "gh is not installed" : undefined,
  plain: undefined,
};

async function compare(row: GhRow, setting: Setting, relay: string): Promise<Compared> {
  if (gh === undefined) return UNCOMPARED;
  const { terminal } = setting;
  const how = { cleaned: row.cleaned === true, terminal };
  const relayUrl = relays[relay]?.url ?? play.relayUrl;
  const ours = await play.ours(lineOf(row, setting), { terminal, relayUrl });
  return { ours: comparable(ours, how), plain: comparable(await plainOutcome(row, setting), how) };
}

describe.each(SETTINGS)("on $on octopool gh prints what gh prints", { timeout: PATIENCE_MS }, (setting) => {
  it.concurrent.each(GH_ROWS)("cold and warm: gh $line", async (row) => {
    const cold = await compare(row, setting, "up");
    expect(cold.ours).toEqual(cold.plain);
    const warm = await compare(row, setting, "up");
    expect(warm.ours).toEqual(warm.plain);
  });

  describe.each([{ state: "down" }, { state: "slow" }, { state: "refusing" }, { state: "garbling" }])(
    "while the relay is $state",
    ({ state }) => {
      it.concurrent.each(RELAYED_ROWS)("gh $line", async (row) => {
        const { ours, plain } = await compare(row, setting, state);
        expect(ours).toEqual(plain);
      });
    },
  );
});

describe("what the hosts see", { timeout: PATIENCE_MS }, () => {
  const lines = GH_ROWS.filter(({ asks }) => asks === "rest").map((row) => lineOf(row, SETTINGS[0]));

  it("a warm REST read costs GitHub nothing", async () => {
    const paid: string[] = [];
    for (const line of gh === undefined ? [] : lines) {
      // Read anew, and so waited for: a stale answer would leave a refresh behind that is seen below.
      await play.ours(line, { env: { OCTOPOOL_FRESH: "1" } });
      await play.standIn.client.clearLog();
      await play.ours(line);
      const log = await play.standIn.client.log();
      paid.push(
        ...log.filter(({ charged }) => charged > 0).map(({ credential, path }) => `${line}: ${credential} ${path}`),
      );
    }
    expect(paid).toEqual([]);
  });

  it("the relay never sees the user's token, nor GitHub the caller token", async () => {
    const heard = gh === undefined ? undefined : await hearAll(lines);
    expect(heard ?? UNCOMPARED.ours).toEqual(
      heard && { callerToken: true, userToken: false, toGitHub: [`token ${USER_TOKEN}`] },
    );
  });
});

async function hearAll(lines: readonly string[]) {
  const wire = await recordingRelay(play.relayUrl);
  // One that goes to GitHub whatever is warm, so that there is something to see.
  await Promise.all(["api user", ...lines].map((line) => play.ours(line, { relayUrl: wire.url })));
  await wire.close();
  return {
    callerToken: wire.heard().includes(`Bearer ${play.callerToken}`),
    userToken: wire.heard().includes(USER_TOKEN),
    toGitHub: [...new Set(play.proxy.credentials)],
  };
}
