import { adminPath, adminPool } from "../../admin-pool.ts";
import { command } from "../../command.ts";
import { UsageProblem } from "../../exit.ts";

export const identity = command({
  name: "admin identity",
  about: "Add an identity to a pool, or change it; its scopes are replaced.",
  details: [
    "The secret itself never passes here: --secret-ref names a secret of the Worker. A scope of one repository includes it when it is private; a scope of an owner covers public repositories, unless --allow-private; * stands for every owner's public repositories.",
  ],
  args: {},
  flags: {
    id: { type: "string", value: "id", required: true, about: "the identity's own name, such as pat_alice" },
    kind: { type: "string", value: "kind", default: "pat", choices: ["pat", "github_app"], about: "what it is" },
    login: { type: "string", value: "login", required: true, about: "the GitHub login behind it" },
    "secret-ref": {
      type: "string",
      value: "NAME",
      required: true,
      about: "the name of the Worker secret that holds it",
    },
    "installation-id": { type: "integer", value: "number", about: "which installation, for a github_app" },
    weight: { type: "integer", value: "number", about: "its share among identities that are equally able" },
    "public-only": { type: "boolean", about: "it can see nothing but public repositories" },
    scope: { type: "list", value: "owner/repo|owner|*", about: "what it may serve" },
    "allow-private": { type: "boolean", about: "owner scopes include private repositories" },
    pool: { type: "string", value: "name", about: "the pool it joins" },
  },
  examples: [
    "octopool admin identity --id pat_alice --login alice --secret-ref PAT_ALICE --scope acme --scope acme/widget",
    "octopool admin identity --id app --kind github_app --installation-id 42 --login acme-app --secret-ref APP_KEY --scope '*'",
  ],
  async run({ flags, relay, io, env }) {
    if (flags.kind === "github_app" && flags["installation-id"] === undefined) {
      throw new UsageProblem(
        "A github_app identity needs its installation.",
        "octopool admin identity … --installation-id 42",
      );
    }
    const pool = await adminPool(relay, env, flags.pool);
    const body = {
      id: flags.id,
      kind: flags.kind,
      login: flags.login,
      secret_ref: flags["secret-ref"],
      ...(flags["installation-id"] === undefined ? {} : { installation_id: flags["installation-id"] }),
      ...(flags.weight === undefined ? {} : { weight: flags.weight }),
      ...(flags["public-only"] ? { public_only: true } : {}),
      scopes: flags.scope.map((text) => readScope(text, flags["allow-private"])),
    };
    io.json(await relay.admin("POST", `${adminPath(pool)}/identities`, body));
  },
});

interface Scope {
  readonly owner: string;
  readonly repo?: string;
  readonly allow_private: boolean;
}

/** `*` is public by definition (2-wire, identities), so --allow-private does not reach it. */
export function readScope(text: string, allowPrivate: boolean): Scope {
  const [owner = "", repo, ...rest] = text.split("/");
  const name = /^[A-Za-z0-9_.-]+$/;
  const isOwner = owner === "*" ? repo === undefined : name.test(owner);
  if (!isOwner || rest.length > 0 || (repo !== undefined && !name.test(repo))) {
    throw new UsageProblem(`"${text}" is not a scope.`, "--scope acme/widget, --scope acme or --scope '*'");
  }
  if (repo !== undefined) return { owner, repo, allow_private: true };
  return { owner, allow_private: allowPrivate && owner !== "*" };
}
