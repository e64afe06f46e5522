/** Our command line with a program in gh's place, a scripted relay, and a GitHub behind the user's own socket. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { cliBundle } from "../../../../scripts/release/bundle.ts";
import { startFakeRelay, type FakeRelay } from "../../support/fake-relay.ts";
import { FAKE_GH } from "./fake-gh.ts";
import { closed } from "./gateway.ts";

export interface Direct {
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface Workbench {
  readonly home: string;
  /** The command that starts our command line. */
  readonly octopool: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly relay: FakeRelay;
  /** What GitHub was asked, in order. */
  readonly direct: readonly Direct[];
  /** Undefined takes a variable away. */
  run(words: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Ended>;
  start(words: readonly string[], env?: Readonly<Record<string, string | undefined>>): ChildProcess;
  /** The directories of runs. */
  runs(): readonly string[];
  close(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const POOL_TOKEN = "op_callers";
export const OWN_TOKEN = "ghp_own";
const RELAY_DOOR = "POST /v1/github/request";
export { RELAY_DOOR };

let bundled: Promise<string> | undefined;
let bundleFolder: string | undefined;

// Of the test file that imports this. A worker of the tests ends without the exit of its process being told.
afterAll(() => {
  if (bundleFolder !== undefined) rmSync(bundleFolder, { recursive: true, force: true });
});

/** Once for a test file. */
async function bundle(): Promise<string> {
  const directory = (bundleFolder = mkdtempSync(join(tmpdir(), "octopool-wb-cli-")));
  const program = join(directory, "octopool.cjs");
  await build(await cliBundle(directory));
  return program;
}

export async function openWorkbench(): Promise<Workbench> {
  const home = mkdtempSync(join(tmpdir(), "octopool-wb-"));
  const at = (name: string) => join(home, name);
  const direct: Direct[] = [];
  const github = createServer((request, response) => {
    direct.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization });
    drain(request).then(
      () => response.end("from GitHub"),
      () => response.destroy(),
    );
  });
  await listenAt(github, at("own.sock"));
  const relay = await startFakeRelay();
  const program = await (bundled ??= bundle());
  for (const name of ["bin", "gh", "runtime"]) mkdirSync(at(name));
  writeFileSync(at("bin/gh"), `#!${process.execPath}\n${FAKE_GH}`, { mode: 0o755 });
  writeFileSync(
    at("gh/config.yml"),
    `version: "1"\nhttp_unix_socket: ${at("own.sock")}\naliases:\n    shown: api -i\n`,
  );
  const environment = {
    PATH: [at("bin"), "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    XDG_RUNTIME_DIR: at("runtime"),
    GH_CONFIG_DIR: at("gh"),
    GH_TOKEN: OWN_TOKEN,
    OCTOPOOL_CONFIG_DIR: at("settings"),
    OCTOPOOL_URL: relay.url,
    OCTOPOOL_TOKEN: POOL_TOKEN,
    OCTOPOOL_RELAY_RETRIES: "0",
  };
  const start: Workbench["start"] = (words, env = {}) =>
    spawn(process.execPath, [program, ...words], {
      env: { ...environment, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    home,
    octopool: `${process.execPath} ${program}`,
    environment,
    relay,
    direct,
    start,
    run: (words, env) => ended(start(words, env)),
    runs() {
      const [place] = readdirSync(at("runtime"));
      return place === undefined ? [] : readdirSync(join(at("runtime"), place));
    },
    async close() {
      await Promise.all([relay.close(), closed(github)]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

async function drain(request: IncomingMessage): Promise<void> {
  request.resume();
  await once(request, "end");
}

function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((resolve) => server.listen(path, resolve));
}
