import { command } from "../command.ts";

export const gh = command({
  name: "gh",
  about: "Run the real gh; its reads are answered from the shared cache.",
  details: [
    "Every command and flag of gh works, and prints what gh prints. Reads that the relay serves are asked of the relay; writes, GraphQL and everything else go straight to GitHub with your own login. Where the relay refuses or fails, that one request goes to GitHub too.",
    "auth, config, alias, extension, completion, version, and api with --include or --verbose run gh untouched. octopool install-shim makes plain gh do the same.",
    "Two reads that one might expect from the cache come from GitHub: the archives of run download, which GitHub gives to signed-in users only (the list of them is relayed), and extension search, whose topic: the relay's rules of search refuse. OCTOPOOL_DEBUG=1 shows for each request who answered it, and why.",
  ],
  passesOn: "anything gh takes",
  args: {},
  flags: {},
  examples: ["octopool gh run list -R cli/cli", "OCTOPOOL_FRESH=1 octopool gh api repos/cli/cli/pulls/1"],
  async run({ words, ...around }) {
    const { runGh } = await import("../gh/run.ts");
    return runGh(words, around);
  },
});
