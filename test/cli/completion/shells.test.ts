/** The printed completions, run by the shells themselves. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bashCompletion } from "../../../cli/completion/bash.ts";
import { fishCompletion } from "../../../cli/completion/fish.ts";
import { completionTree } from "../../../cli/completion/tree.ts";
import { zshCompletion } from "../../../cli/completion/zsh.ts";
import { COMMANDS } from "../../../cli/registry.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "octopool-completion-"));
const fileOf = (shell: string) => join(directory, `completion.${shell}`);
const isHere = (shell: string) => spawnSync(shell, ["--version"]).error === undefined;

beforeAll(async () => {
  const commands = await completionTree(COMMANDS);
  writeFileSync(fileOf("bash"), bashCompletion(commands));
  writeFileSync(fileOf("zsh"), zshCompletion(commands));
  writeFileSync(fileOf("fish"), fishCompletion(commands));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a shell offers for a line, word by word, in the order of the alphabet. */
const OFFERS: Readonly<Record<string, (line: string) => Promise<readonly string[]>>> = {
  async bash(line) {
    const script = `source "$1"; COMP_WORDS=($2); [[ "$2" == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      _octopool; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return words((await run("bash", ["-c", script, "bash", fileOf("bash"), line])).stdout);
  },
  async fish(line) {
    const { stdout } = await run("fish", [
      "--no-config",
      "-c",
      `source $argv[1]; complete -C $argv[2]`,
      fileOf("fish"),
      line,
    ]);
    return words(stdout.replaceAll(/\t.*/g, ""));
  },
  async zsh(line) {
    // The system's own functions need a line editor; in their place stand two that print what they are given.
    const script = `_describe() { local name=$@[-1]; print -rl -- \${(P)name%%:*} }
      _arguments() { local spec; for spec; do [[ $spec == -* || $spec == '*--'* ]] && print -r -- \${\${spec#\\*}%%[=\\[]*}; done }
      source "$1"; words=(\${(z)2}); [[ $2 == *" " ]] && words+=(""); CURRENT=$#words; typed=$words[-1]
      _octopool | while read -r offer; do [[ $offer == $typed* ]] && print -r -- $offer; done; true`;
    return words((await run("zsh", ["-f", "-c", script, "zsh", fileOf("zsh"), line])).stdout);
  },
};

function words(text: string): readonly string[] {
  return [...new Set(text.split(/\s+/).filter((word) => /^[a-z-][a-z_-]*$/.test(word)))].toSorted();
}

describe.each(Object.keys(OFFERS))("in %s", (shell) => {
  const offers = (line: string) => OFFERS[shell]?.(line);
  const here = isHere(shell);

  it("the shell is there, or this machine is nobody's CI", () => {
    if (!here) console.warn(`${shell} is not installed: its completion is not tried`);
    expect(here || process.env["CI"] !== "true").toBe(true);
  });

  it.runIf(here)("a command is offered by its beginning", async () => {
    expect(await offers("octopool wh")).toEqual(["whoami"]);
  });

  it.runIf(here)("the second word of a command of two is offered", async () => {
    expect(await offers("octopool admin ")).toEqual(["caller", "identity", "operator", "pool", "purge"]);
  });

  it.runIf(here)("the flags of a command are offered, and no other's", async () => {
    expect(await offers("octopool admin identity --k")).toEqual(["--kind"]);
    expect(await offers("octopool whoami --k")).toEqual([]);
    expect(await offers("octopool gh api --poo")).toEqual([]);
  });
});
