import { adminPool } from "../../admin-pool.ts";
import { command } from "../../command.ts";

export const operator = command({
  name: "admin operator",
  about: "Let someone administer the server in the dashboard, or end that.",
  args: {},
  flags: {
    "github-login": { type: "string", value: "login", required: true, about: "who it is on GitHub" },
    role: { type: "string", value: "role", required: true, choices: ["admin", "none"], about: "what they may do" },
    pool: { type: "string", value: "name", about: "the pool of the caller" },
  },
  examples: ["octopool admin operator --github-login alice --role admin"],
  async run({ flags, relay, io, env }) {
    const pool = await adminPool(relay, env, flags.pool);
    io.json(
      await relay.admin("POST", "/v1/admin/operators", { pool, github_login: flags["github-login"], role: flags.role }),
    );
  },
});
