import { command } from "../../command.ts";
import { adminPool } from "../../admin-pool.ts";

export const caller = command({
  name: "admin caller",
  about: "Register a caller and print the token made for them.",
  details: [
    "The token is shown once; the server keeps only its hash. The caller must be a member of the allowed organization.",
  ],
  args: {},
  flags: {
    "github-login": { type: "string", value: "login", required: true, about: "who the caller is on GitHub" },
    name: { type: "string", value: "text", about: "a name to show, instead of the login" },
    pool: { type: "string", value: "name", about: "the pool to grant" },
  },
  examples: ["octopool admin caller --github-login alice --name 'Alice A.'"],
  async run({ flags, relay, io, env }) {
    const pool = await adminPool(relay, env, flags.pool);
    const body = {
      pool,
      github_login: flags["github-login"],
      ...(flags.name === undefined ? {} : { name: flags.name }),
    };
    io.json(await relay.admin("POST", "/v1/admin/callers", body));
    if (io.isTerminal) io.note("the token is shown this once; hand it over safely (OCTOPOOL_TOKEN)");
  },
});
