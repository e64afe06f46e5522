import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { renderMan } from "../../cli/man.ts";
import { COMMANDS } from "../../cli/registry.ts";

const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
const page = renderMan(commands, "9.8.7");

describe("the manual page", () => {
  it("has a section for every command and a line for every flag", () => {
    for (const { name, flags } of commands) {
      expect(page).toContain(`\n.SS octopool ${name.replaceAll("-", String.raw`\-`)}\n`);
      for (const flag of Object.keys(flags))
        expect(page).toContain(String.raw`\-\-${flag.replaceAll("-", String.raw`\-`)}`);
    }
  });

  it("is roff that man renders without a complaint", () => {
    const rendered = spawnSync("man", ["--warnings", "-l", "-"], {
      input: page,
      encoding: "utf8",
      env: { ...process.env, MANWIDTH: "100", LC_ALL: "C.UTF-8" },
    });
    expect(rendered.stderr).toBe("");
    expect(rendered.stdout).toContain("octopool admin identity");
    expect(rendered.stdout).toContain('eval "$(octopool completion bash)"');
  });

  it("lets no text of ours be taken for a request of roff's", () => {
    const odd = renderMan(
      commands.slice(0, 1).map((command) => ({ ...command, about: ".so /etc/passwd \\n" })),
      "1",
    );
    expect(odd).toContain(String.raw`\&.so /etc/passwd \en`);
  });
});
