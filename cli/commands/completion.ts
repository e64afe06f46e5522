import { command } from "../command.ts";
import { UsageProblem } from "../exit.ts";

const SHELLS = ["zsh", "bash", "fish"] as const;

export const completion = command({
  name: "completion",
  about: "Print the completion of a shell.",
  details: [
    'bash: eval "$(octopool completion bash)" in ~/.bashrc. zsh: source <(octopool completion zsh) in ~/.zshrc, after compinit.',
    "fish: octopool completion fish > ~/.config/fish/completions/octopool.fish",
  ],
  args: { shell: { about: `one of ${SHELLS.join(", ")}`, required: true } },
  flags: {},
  examples: ["octopool completion zsh", 'eval "$(octopool completion bash)"'],
  async run({ args, io }) {
    // Only this command needs every definition at once.
    const [{ COMMANDS }, { completionTree }] = await Promise.all([
      import("../registry.ts"),
      import("../completion/tree.ts"),
    ]);
    const commands = await completionTree(COMMANDS);
    switch (args.shell) {
      case "bash":
        return io.write((await import("../completion/bash.ts")).bashCompletion(commands));
      case "zsh":
        return io.write((await import("../completion/zsh.ts")).zshCompletion(commands));
      case "fish":
        return io.write((await import("../completion/fish.ts")).fishCompletion(commands));
      default:
        throw new UsageProblem(
          `There is no completion for "${args.shell}": it must be one of ${SHELLS.join(", ")}.`,
          "octopool help completion",
        );
    }
  },
});
