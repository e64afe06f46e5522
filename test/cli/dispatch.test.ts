import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aDesk, type Desk } from "./support/run-cli.ts";

let desk: Desk;
beforeEach(() => void (desk = aDesk()));
afterEach(() => desk.clear());

describe.each([{ terminal: true }, { terminal: false }])("help and mistakes, terminal: $terminal", ({ terminal }) => {
  it.each([[[]], [["help"]], [["--help"]], [["-h"]], [["help", "help"]]])(
    "prints the overview for %j",
    async (words) => {
      const { code, stdout, stderr } = await desk.run(words, { terminal });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("Usage: octopool <command> [flags]\n");
      expect(stdout).toContain(
        "  whoami          Show who you are at which server, once the server has confirmed it.\n",
      );
      expect(stdout).toContain(
        "  OCTOPOOL_URL                   the server to ask, instead of the one of the last login\n",
      );
      expect(stdout).toContain(
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 4 not logged in; under octopool gh, that of gh.\n",
      );
    },
  );

  it.each([[["help", "stats"]], [["stats", "--help"]], [["stats", "-h"]], [["stats", "--nonsense", "--help"]]])(
    "explains one command for %j",
    async (words) => {
      const { code, stdout } = await desk.run(words, { terminal });
      expect(code).toBe(0);
      expect(stdout).toContain("Usage: octopool stats [flags]\n");
      expect(stdout).toContain("  --since <window>  how far back, such as 30m, 24h or 7d (default 24h)\n");
      expect(stdout).toContain("  -h, --help        print this page\n");
      expect(stdout).toContain("Examples\n  octopool stats\n");
    },
  );

  it("spells required flags out in the usage line", async () => {
    const { stdout } = await desk.run(["help", "admin", "operator"], { terminal });
    expect(stdout).toContain("Usage: octopool admin operator --github-login <login> --role <role> [flags]\n");
    expect(stdout).toContain("  --role <role>           what they may do (one of admin, none; required)\n");
  });

  it.each([[["admin"]], [["admin", "--help"]], [["help", "admin"]]])(
    "lists the admin commands for %j",
    async (words) => {
      const { code, stdout } = await desk.run(words, { terminal });
      expect(code).toBe(0);
      expect(stdout).toContain("Usage: octopool admin <command> [flags]\n");
      expect(stdout).toContain("  admin purge     Drop cached answers by surrogate key, repository or path.\n");
    },
  );

  it.each([
    {
      words: ["stat"],
      says: 'octopool: There is no command "stat". Did you mean octopool stats?\noctopool: next: octopool help\n',
    },
    { words: ["zebra"], says: 'octopool: There is no command "zebra".\noctopool: next: octopool help\n' },
    {
      words: ["admin", "poll"],
      says: 'octopool: There is no command "admin poll". Did you mean octopool admin pool?\noctopool: next: octopool help admin\n',
    },
    { words: ["help", "zebra"], says: 'octopool: There is no command "zebra".\noctopool: next: octopool help\n' },
    {
      words: ["health", "now"],
      says: 'octopool: octopool health does not know what to do with "now".\noctopool: next: octopool health --help\n',
    },
    {
      words: ["health", "--jsno"],
      says: "octopool: octopool health has no flag --jsno. Did you mean --json?\noctopool: next: octopool health --help\n",
    },
  ])("ends $words with 2 and what to type next", async ({ words, says }) => {
    expect(await desk.run(words, { terminal })).toEqual({ code: 2, stdout: "", stderr: says, waits: [] });
  });

  it.each([[["version"]], [["--version"]], [["-v"]]])("prints its release for %j", async (words) => {
    const { code, stdout } = await desk.run(words, { terminal });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^octopool \d+\.\d+\.\d+\n$/);
  });
});
