import { execFile, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cliBundle } from "../../../scripts/release/bundle.ts";
import type { Shell } from "../../../cli/shim/shells.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "octopool-shim-"));
const program = join(directory, "octopool.cjs");
const realGh = join(directory, "real/gh");
const PATIENCE_MS = 60_000;

beforeAll(async () => {
  await build(await cliBundle(directory));
  mkdirSync(join(directory, "real"));
  // Says where its settings would lead its requests.
  writeFileSync(
    realGh,
    '#!/bin/sh\necho "real $*"\ngrep -c http_unix_socket "$GH_CONFIG_DIR/config.yml" 2>/dev/null || echo direct\n',
  );
  chmodSync(realGh, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(directory, "home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const isHere = (shell: string) => spawnSync(shell, ["--version"]).error === undefined;

/** A relay nobody asks: the shim's business is to start, not what is answered. */
function environment(): Record<string, string> {
  const path = [join(directory, "real"), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
  return {
    PATH: path,
    HOME: home,
    TERM: "dumb",
    OCTOPOOL_URL: "http://127.0.0.1:9",
    OCTOPOOL_TOKEN: "op_x",
    GH_TOKEN: "ghp_x",
  };
}

async function octopool(...words: readonly string[]) {
  const { stdout, stderr } = await run(process.execPath, [program, ...words], { env: environment() });
  return { stdout, stderr };
}

/** What a user of the shell sees of `gh api x`. Interactive shells get a terminal of their own session. */
function typed(shell: string, words: readonly string[], line = "gh api x"): Promise<string> {
  const child = spawn(shell, [...words, line], {
    env: environment(),
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}

interface Given {
  readonly shell: Shell;
  /** The startup files before, by their names in the home directory. */
  readonly files: Readonly<Record<string, string>>;
}

const GIVEN: readonly Given[] = [
  { shell: "zsh", files: {} },
  { shell: "zsh", files: { ".zshenv": "export A=1", ".zshrc": 'export PATH="/usr/bin:$PATH"\n' } },
  { shell: "bash", files: {} },
  {
    shell: "bash",
    files: { ".bashrc": "case $- in *i*) ;; *) return ;; esac\nalias ll='ls -l'\n", ".profile": ". ~/.bashrc\n" },
  },
  { shell: "bash", files: { ".bash_profile": "# mine\n", ".profile": "# not read\n" } },
  { shell: "fish", files: {} },
  { shell: "fish", files: { ".config/fish/config.fish": "set -gx A 1\n" } },
];

function snapshot(): Readonly<Record<string, string>> {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  // Shells keep histories and caches of their own.
  const startup = paths.filter(
    (path) => !/fish_(?:variables|history)|\.local\/(?:share|state)\/fish|\.cache/.test(path),
  );
  return Object.fromEntries(startup.map((path) => [path.slice(home.length + 1), readFileSync(path, "utf8")]));
}

function place(files: Given["files"]): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, ".."), { recursive: true });
    writeFileSync(join(home, name), text);
  }
}

describe("octopool install-shim", { timeout: PATIENCE_MS }, () => {
  it.each([["zsh"], ["bash"], ["fish"]])("%s is here to be tried, or this is no CI", (shell) => {
    expect(isHere(shell) || process.env["CI"] !== "true").toBe(true);
  });

  it.each(GIVEN.filter(({ shell }) => isHere(shell)))(
    "leads gh through Octopool in every kind of $shell, and leaves $files as they were",
    async ({ shell, files }) => {
      place(files);
      const before = snapshot();
      await octopool("install-shim", "--shell", shell);
      const installed = snapshot();
      const through = "real api x\n1\n";
      expect(await typed(shell, ["-l", "-c"])).toBe(through);
      expect(await typed(shell, ["-i", "-c"])).toBe(through);
      // A script of bash has the path of whoever started it.
      const script = shell === "bash" ? typed("bash", ["-l", "-c"], "bash -c 'gh api x'") : typed(shell, ["-c"]);
      expect(await script).toBe(through);
      await octopool("install-shim", "--shell", shell);
      expect(snapshot()).toEqual(installed);
      await octopool("install-shim", "--uninstall");
      expect(snapshot()).toEqual(before);
    },
  );

  it("says what it would do, and does nothing", async () => {
    place({ ".profile": "# mine\n" });
    const before = snapshot();
    const { stdout } = await octopool("install-shim", "--shell", "bash", "--dry-run");
    expect(stdout).toMatch(
      /^Would change .*\/\.profile:\n {4}# >>> octopool shim >>>\n(?: {4}.*\n)+ {4}# <<< octopool shim <<<\nThen /m,
    );
    expect(stdout).not.toContain("# mine");
    expect(stdout).toContain(`Would make ${join(home, ".local/share/octopool/bin/gh")}`);
    expect(snapshot()).toEqual(before);
  });

  it("keeps a startup file's mode and the link that stands for it", async () => {
    writeFileSync(join(home, "dotfile"), "# mine\n", { mode: 0o600 });
    symlinkSync("dotfile", join(home, ".profile"));
    await octopool("install-shim", "--shell", "bash");
    expect(statSync(join(home, "dotfile")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home, "dotfile"), "utf8")).toContain("octopool shim");
  });

  it("runs the real gh where Octopool has gone", async () => {
    const gone = join(home, "octopool.cjs");
    writeFileSync(gone, readFileSync(program));
    await run(process.execPath, [gone, "install-shim", "--shell", "bash"], { env: environment() });
    rmSync(gone);
    expect(await typed("bash", ["-l", "-c"])).toBe("real api x\ndirect\n");
  });

  it("never takes a shim for the real gh", async () => {
    await octopool("install-shim", "--shell", "bash");
    rmSync(join(home, ".local/share/octopool/real-gh"));
    const shims = join(home, ".local/share/octopool/bin");
    const env = { ...environment(), PATH: `${shims}${delimiter}${environment()["PATH"]}` };
    const { stdout } = await run(process.execPath, [program, "gh", "api", "x"], { env });
    expect(stdout).toBe("real api x\n1\n");
    const none = { ...environment(), PATH: shims };
    await expect(run(process.execPath, [program, "gh", "api", "x"], { env: none })).rejects.toMatchObject({ code: 1 });
  });

  it.each(["gh", "octopool-gh"])("is not needed for a link named %s", async (name) => {
    symlinkSync(program, join(home, name));
    const { stdout } = await run(process.execPath, [join(home, name), "api", "x"], { env: environment() });
    expect(stdout).toBe("real api x\n1\n");
  });
});
