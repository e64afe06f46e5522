/** What a deployment needs in the Cloudflare account: made where it is missing, left alone where it is there. */
import { randomBytes } from "node:crypto";
import type { Progress } from "../progress.ts";
import { Problem } from "../problem.ts";
import { type Deployed, LOGS_RULE } from "./inspect.ts";
import type { SetupOptions } from "./options.ts";
import type { Questions } from "./questions.ts";
import { type Files, varOf } from "./settle-config.ts";
import type { Wrangler } from "./wrangler.ts";

export const PROXY_CONFIG = "wrangler.public-proxy.jsonc";

export interface AccountWork {
  readonly wrangler: Wrangler;
  readonly files: Files;
  readonly options: SetupOptions;
  readonly questions: Questions;
  readonly progress: Progress;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Logs older than seven days are swept hourly; the rule ends what no sweep reaches. A confirmed log is written anew. */
const LOGS_RULE_ARGUMENTS = [LOGS_RULE, "github-actions-logs/", "--expire-days", "8", "--force"] as const;
const GENERATED = ["OCTOPOOL_ADMIN_TOKEN", "GITHUB_WEBHOOK_SECRET", "METRICS_TOKEN"] as const;

/** @throws Problem with wrangler's words. What was made before stays, and the next run goes on from there. */
export async function settleStores({ wrangler, files, progress }: AccountWork): Promise<void> {
  const { main } = files;
  const name = main.values.d1_databases?.[0]?.database_name ?? "octopool";
  await progress.step(
    "D1",
    () => settleDatabase(),
    (made) => (made ? `created ${name}` : `${name} is there`),
  );
  const bucket = main.values.r2_buckets?.[0]?.bucket_name ?? "octopool-actions-logs";
  await progress.step(
    "R2",
    () => settleBucket(),
    (made) => made.join(", ") || `${bucket} is there`,
  );

  async function settleDatabase(): Promise<boolean> {
    const before = (await wrangler.databases()).get(name);
    if (before === undefined) await wrangler.run(["d1", "create", name]);
    const id = before ?? (await wrangler.databases()).get(name);
    if (id === undefined) throw new Problem(`wrangler created no D1 database ${name}.`);
    if (main.set(["d1_databases", 0, "database_id"], id)) await main.save();
    return before === undefined;
  }

  async function settleBucket(): Promise<readonly string[]> {
    const made: string[] = [];
    if (!(await wrangler.buckets()).includes(bucket)) {
      await wrangler.run(["r2", "bucket", "create", bucket]);
      made.push(`created ${bucket}`);
    }
    if (!(await wrangler.lifecycleRules(bucket)).includes(LOGS_RULE)) {
      await wrangler.run(["r2", "bucket", "lifecycle", "add", bucket, ...LOGS_RULE_ARGUMENTS]);
      made.push(`rule ${LOGS_RULE}`);
    }
    return made;
  }
}

/** Answers the secrets made now, by name: they are shown once, because nothing can read them back. */
export async function settleSecrets(work: AccountWork, deployed: Deployed): Promise<ReadonlyMap<string, string>> {
  const { wrangler, files, options, progress } = work;
  const made = new Map<string, string>();
  const isDue = (name: string) => !deployed.secrets.includes(name) || options.rotate.includes(name);
  for (const name of GENERATED.filter(isDue)) {
    const value = randomBytes(32).toString("base64url");
    await progress.step(
      "secret",
      () => wrangler.putSecret(name, value),
      () => `${name} made`,
    );
    made.set(name, value);
  }
  const config = files.main.values;
  const twoHosts = varOf(config, "PUBLIC_HOST") !== "";
  const proxyHasIt = deployed.proxySecrets.includes("OCTOPOOL_PROXY_SECRET");
  if (twoHosts && (isDue("OCTOPOOL_PROXY_SECRET") || !proxyHasIt)) await settleProxySecret(work);
  for (const [name, question] of [
    ["OCTOPOOL_GITHUB_ORG_TOKEN", `A GitHub token that may read the members of ${varOf(config, "ALLOWED_GITHUB_ORG")}`],
    ...(varOf(config, "GITHUB_OAUTH_CLIENT_ID") === ""
      ? []
      : [["GITHUB_OAUTH_CLIENT_SECRET", "Client secret of the OAuth app"] as const]),
  ] as const) {
    if (isDue(name)) await settleGivenSecret(work, name, question);
  }
  return made;
}

/** Nobody needs to see it; both Workers get the same. The main one first: until then the proxy is not believed. */
async function settleProxySecret({ wrangler, progress }: AccountWork): Promise<void> {
  const value = randomBytes(32).toString("base64url");
  const put = async () => {
    await wrangler.putSecret("OCTOPOOL_PROXY_SECRET", value);
    await wrangler.putSecret("OCTOPOOL_PROXY_SECRET", value, PROXY_CONFIG);
  };
  await progress.step("secret", put, () => "OCTOPOOL_PROXY_SECRET made, on both Workers");
}

async function settleGivenSecret(work: AccountWork, name: string, question: string): Promise<void> {
  const given = work.env[name]?.trim();
  const value = given || (await work.questions.askSecret(`${question} (empty: later)`));
  if (value === "") return;
  await work.progress.step(
    "secret",
    () => work.wrangler.putSecret(name, value),
    () => `${name} stored`,
  );
}
