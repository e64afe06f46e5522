import { command } from "../command.ts";
import { numberAt, textAt } from "../json.ts";

export const health = command({
  name: "health",
  about: "Show how many of the pool's identities can serve right now.",
  args: {},
  flags: {
    pool: { type: "string", value: "name", about: "another pool than the one of your login" },
    json: { type: "boolean", about: "print the server's JSON object" },
  },
  examples: ["octopool health", "octopool health --json"],
  async run({ flags, relay, io }) {
    const report = await relay.poolReport("health", { pool: flags.pool });
    if (flags.json) return io.json(report);
    const counts = ["identities_healthy", "identities_total", "policy_version"].map((name) => numberAt(report, name));
    io.table(["POOL", "HEALTHY", "IDENTITIES", "POLICY"], [[textAt(report, "pool"), ...counts]]);
  },
});
