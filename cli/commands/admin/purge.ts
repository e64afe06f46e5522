import { adminPath, adminPool } from "../../admin-pool.ts";
import { command } from "../../command.ts";
import { UsageProblem } from "../../exit.ts";

export const purge = command({
  name: "admin purge",
  about: "Drop cached answers by surrogate key, repository or path.",
  args: {},
  flags: {
    key: { type: "list", value: "key", about: "a surrogate key, such as repo:acme/widget" },
    repo: { type: "string", value: "owner/repo", about: "everything of one repository" },
    path: { type: "string", value: "path", about: "every variant of one path" },
    "dry-run": { type: "boolean", about: "count what would go, and drop nothing" },
    pool: { type: "string", value: "name", about: "the pool whose answers go" },
  },
  examples: ["octopool admin purge --repo acme/widget --dry-run", "octopool admin purge --key pull:acme/widget#7"],
  async run({ flags, relay, io, env }) {
    const named = {
      ...(flags.key.length === 0 ? {} : { keys: flags.key }),
      ...(flags.repo === undefined ? {} : { repo: flags.repo }),
      ...(flags.path === undefined ? {} : { path: flags.path }),
    };
    if (Object.keys(named).length === 0)
      throw new UsageProblem(
        "What is to go? Name a key, a repository or a path.",
        "octopool admin purge --repo acme/widget",
      );
    const pool = await adminPool(relay, env, flags.pool);
    io.json(
      await relay.admin("POST", `${adminPath(pool)}/purge`, {
        ...named,
        ...(flags["dry-run"] ? { dry_run: true } : {}),
      }),
    );
  },
});
