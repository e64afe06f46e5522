import { command, type Surroundings } from "../command.ts";
import { Failure, UsageProblem } from "../exit.ts";
import { SHELLS, type Shell } from "../shim/shells.ts";

export const installShim = command({
  name: "install-shim",
  about: "Let plain gh in your shell run through Octopool.",
  details: [
    "Makes a small program named gh that starts octopool gh, and puts its directory first in the path by a marked block in your shell's startup files: one file, or more where the shell reads another after it. The real gh is found and remembered. Then the shell is started to see that it works.",
    "Doing it again changes nothing. --uninstall leaves the startup files as they were. Without octopool, the program named gh runs the real gh.",
  ],
  args: {},
  flags: {
    shell: {
      type: "string",
      value: "shell",
      choices: SHELLS,
      about: "whose startup files, instead of those of $SHELL",
    },
    "dry-run": { type: "boolean", about: "say what would change, and change nothing" },
    uninstall: { type: "boolean", about: "take everything away again" },
  },
  examples: [
    "octopool install-shim",
    "octopool install-shim --shell fish --dry-run",
    "octopool install-shim --uninstall",
  ],
  async run(context) {
    if (context.machine.platform === "win32") {
      throw new Failure("There is no shim on Windows, where gh has no other way out.", { next: "octopool api …" });
    }
    const wanted = context.flags.shell as Shell | undefined;
    const { install, uninstall } = await import("../shim/install.ts");
    const ask = { ...context, dryRun: context.flags["dry-run"] };
    if (context.flags.uninstall) return uninstall(wanted === undefined ? SHELLS : [wanted], ask);
    return install(wanted ?? ownShell(context), ask);
  },
});

function ownShell({ env }: Pick<Surroundings, "env">): Shell {
  const name = env["SHELL"]?.split("/").at(-1);
  const known = SHELLS.find((shell) => shell === name);
  if (known !== undefined) return known;
  throw new UsageProblem(
    name === undefined ? "SHELL does not say which shell you use." : `There is no shim for ${name}.`,
    "octopool install-shim --shell bash",
  );
}
