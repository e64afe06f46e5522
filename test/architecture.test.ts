/** The arrows between the rooms, and the limits of a file. What breaks a rule is named here with its reason, or mended. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ROOMS = ["shared", "server", "web", "cli", "scripts", "bench", "test"] as const;
/** Samples of GitHub's, and what drizzle-kit writes. */
const NOT_OURS = /^(test\/fixtures\/|test\/github\/corpus\/|test\/worker\/published-client\/|server\/do-migrations\/)/;
const MOST_LINES = 300;

/** Builds what a request needs out of every room. */
const COMPOSITION: ReadonlySet<string> = new Set([
  "server/worker.ts",
  "server/create-worker.ts",
  "server/deps.ts",
  "server/isolate.ts",
  "server/public-proxy.ts",
  "server/scheduled.ts",
]);

/** The steps of one relayed read. None calls another. */
const STAGES: ReadonlySet<string> = new Set(
  [
    "parse",
    "authenticate",
    "classify",
    "policy",
    "pool",
    "resolve",
    "standing",
    "lookup",
    "visibility",
    "fill",
    "upstream",
    "publish",
  ].map((name) => `server/relay/${name}.ts`),
);

/** Knows the order of the stages: the pipeline, its second half, which runs in the leader of a fill, and a log's way. */
const ORDER: ReadonlySet<string> = new Set([
  "server/relay/pipeline.ts",
  "server/relay/fill.ts",
  "server/relay/lead.ts",
  "server/relay/logs.ts",
  "server/relay/log-fill.ts",
]);

interface Arrow {
  readonly from: string;
  readonly to: string;
  /** `import type`: gone at run time. */
  readonly isType: boolean;
}

/** `from -> to`, each with the reason it may stand. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["server/http/landing.ts -> web/landing.html", "text, bundled into the Worker"],
  ["server/http/landing.ts -> web/landing.css", "text, bundled into the Worker"],
  ["server/http/landing.ts -> web/ui/tokens.css", "text, bundled into the Worker"],
  ["server/http/plain-page.ts -> web/plain.html", "text, bundled into the Worker"],
  ["server/http/plain-page.ts -> web/plain.css", "text, bundled into the Worker"],
  ["server/http/plain-page.ts -> web/ui/tokens.css", "text, bundled into the Worker"],
  [
    "server/coordinator/pool-coordinator.ts -> server/github/app-token.ts",
    "installation tokens are minted in the object, one at a time",
  ],
  ["server/store/callers.ts -> server/relay/stages.ts", "types of the values that a query answers with"],
  ["server/store/identities.ts -> server/relay/stages.ts", "types of the values that a query answers with"],
  ["server/store/pools.ts -> server/relay/stages.ts", "types of the values that a query answers with"],
]);

const files = ROOMS.flatMap(filesIn).filter((file) => !NOT_OURS.test(file));
const sources = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file));
const arrows = sources.flatMap(arrowsOf);

function filesIn(room: string): readonly string[] {
  if (!existsSync(join(ROOT, room))) return [];
  return readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

/** Every relative import and export of a file. What follows `?` is for the bundler. */
function arrowsOf(file: string): readonly Arrow[] {
  const text = readFileSync(join(ROOT, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s(type\s)?[^;"'`]*?from\s*"([^"]+)"|\bimport\(\s*"([^"]+)"|(?:^|\n)import\s+"([^"]+)"/g,
  );
  return [...statements].flatMap(([, type, ...found]) => {
    const specifier = found.find((each) => each !== undefined) ?? "";
    if (!specifier.startsWith(".")) return [];
    return { from: file, to: join(dirname(file), specifier.replace(/\?.*$/, "")), isType: type !== undefined };
  });
}

const within = (room: string) => (path: string) => path.startsWith(`${room}/`);

/** Arrows that break a rule and are no exception, as text. */
function broken(from: (path: string) => boolean, isAllowed: (to: string, from: string) => boolean): readonly string[] {
  return arrows
    .filter((arrow) => from(arrow.from) && !isAllowed(arrow.to, arrow.from))
    .map((arrow) => `${arrow.from} -> ${arrow.to}`)
    .filter((arrow) => !EXCEPTIONS.has(arrow));
}

describe("arrows between the rooms", () => {
  it("shared imports nothing of ours but itself", () => {
    expect(broken(within("shared"), within("shared"))).toEqual([]);
  });

  it.each(["server", "web", "cli"])("%s imports shared and itself, never another room", (room) => {
    const isAllowed = (to: string, from: string) =>
      within(room)(to) ||
      within("shared")(to) ||
      to === "package.json" || // the version
      (from === "web/api.ts" && to === "server/admin/router.ts");
    expect(broken(within(room), isAllowed)).toEqual([]);
  });

  it.each([
    { from: "server/store", to: "server/github" },
    { from: "server/github", to: "server/store" },
    { from: "server/store", to: "server/relay" },
    { from: "server/github", to: "server/relay" },
    { from: "server/coordinator", to: "server/store" },
    { from: "server/coordinator", to: "server/relay" },
    { from: "server/coordinator", to: "server/github" },
  ])("$from does not import $to", ({ from, to }) => {
    expect(broken(within(from), (path) => !within(to)(path))).toEqual([]);
  });

  it("only the composition imports server/http", () => {
    const isElsewhere = (path: string) =>
      within("server")(path) && !within("server/http")(path) && !COMPOSITION.has(path);
    expect(broken(isElsewhere, (path) => !within("server/http")(path))).toEqual([]);
  });

  it("the relay knows of the coordinator only its client and its protocol", () => {
    const doors = new Set(["server/coordinator/client.ts", "server/coordinator/protocol.ts"]);
    expect(broken(within("server/relay"), (path) => !within("server/coordinator")(path) || doors.has(path))).toEqual(
      [],
    );
  });

  it("only the pipeline and its leader call stages; others take their types at most", () => {
    const calls = arrows
      .filter(({ from, to, isType }) => within("server/relay")(from) && STAGES.has(to) && !isType)
      .filter(({ from }) => !ORDER.has(from))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(calls.filter((arrow) => !EXCEPTIONS.has(arrow))).toEqual([]);
  });

  it("every stage is there", () => {
    expect([...STAGES, ...ORDER].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it("every exception is still needed", () => {
    const drawn = new Set(arrows.map((arrow) => `${arrow.from} -> ${arrow.to}`));
    expect([...EXCEPTIONS.keys()].filter((arrow) => !drawn.has(arrow))).toEqual([]);
  });
});

describe("files", () => {
  it("none is longer than 300 lines", () => {
    const long = files
      .filter((file) => /\.(ts|tsx|mjs|css)$/.test(file) && !file.endsWith(".d.ts"))
      .map((file) => [file, readFileSync(join(ROOT, file), "utf8").trimEnd().split("\n").length] as const)
      .filter(([, lines]) => lines > MOST_LINES)
      .map(([file, lines]) => `${file}: ${lines}`);
    expect(long).toEqual([]);
  });

  it("every relative import names its file with its ending, and the file is there", () => {
    const wrong = arrows
      .filter(({ to }) => !/\.(ts|tsx|mjs|js|json|css|html|sql|svg)$/.test(to) || !existsSync(join(ROOT, to)))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it("names no package registry and no folder of one machine", () => {
    const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0");
    // Spelled in pieces, so that this file does not name what it looks for.
    const unwanted = new RegExp([["registry", "npmjs"].join("\\."), ["", "work", ""].join("/")].join("|"));
    const naming = tracked
      .filter((file) => file !== "" && existsSync(join(ROOT, file)))
      .filter((file) => unwanted.test(readFileSync(join(ROOT, file), "utf8")));
    expect(naming).toEqual([]);
  });
});
