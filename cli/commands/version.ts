import { command } from "../command.ts";
import { ownVersion } from "../release.ts";

export const version = command({
  name: "version",
  about: "Print the version of this command line.",
  args: {},
  flags: {},
  examples: ["octopool version"],
  async run({ io }) {
    io.line(`octopool ${await ownVersion()}`);
  },
});
