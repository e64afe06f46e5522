/** The steps of `npm run deploy`, in an order in which a step that fails leaves the running deployment whole. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuilt } from "../build-worker.ts";
import { Problem } from "../problem.ts";
import { createProgress } from "../progress.ts";
import { ConfigFile } from "./config-file.ts";
import { inspect, isFault } from "./inspect.ts";
import { PROXY_CONFIG } from "./settle-account.ts";
import { varOf } from "./settle-config.ts";
import { Wrangler } from "./wrangler.ts";

const BUILT_CONFIG = "dist/octopool/wrangler.json";

export interface DeployRun {
  readonly root: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  /** Replaced in tests that are not about the build. */
  readonly build?: (root: string) => Promise<boolean>;
}

/**
 * With `--dry-run` everything is built and checked and nothing leaves this machine. Migrations come before the code that
 * needs them; each only adds, so the old code goes on with the new tables.
 * @throws Problem naming every value that is missing or wrong, before anything is deployed.
 */
export async function runDeploy({ root, args, env, write, build = ensureBuilt }: DeployRun): Promise<void> {
  const { isDry } = readDeployOptions(args);
  const progress = createProgress({ write });
  const wrangler = new Wrangler({ cwd: root, env });
  const main = await ConfigFile.open(join(root, "wrangler.jsonc"));
  const proxy = await ConfigFile.open(join(root, PROXY_CONFIG));
  const hasProxy = varOf(main.values, "PUBLIC_HOST") !== "";
  if (!isDry) refuseFaults(main, proxy);
  await progress.step(
    "build",
    () => build(root),
    (built) => (built ? "" : "unchanged"),
  );
  const database = main.values.d1_databases?.[0]?.database_name ?? "octopool";
  const dry = isDry ? ["--dry-run"] : [];
  if (!isDry) {
    const migrate = () => wrangler.run(["d1", "migrations", "apply", database, "--remote", "-c", "wrangler.jsonc"]);
    await progress.step("migrations", migrate, () => database);
  }
  const told = (words: string) => words.match(/https:\/\/\S+|Total Upload: .+/g)?.join(", ") ?? "";
  await progress.step("main Worker", () => wrangler.run(["deploy", "-c", BUILT_CONFIG, ...dry]), told);
  if (hasProxy || isDry) {
    await progress.step("proxy Worker", () => wrangler.run(["deploy", "-c", PROXY_CONFIG, ...dry]), told);
  }
  progress.line(
    isDry ? "Nothing was deployed." : "Deployed. OCTOPOOL_E2E_URL=https://<your host> npm run e2e looks at it.",
  );
}

/** What wrangler.jsonc alone can say: secrets are judged by npm run setup -- --check. */
function refuseFaults(main: ConfigFile, proxy: ConfigFile): void {
  const faults = inspect({ main: main.values, proxy: proxy.values, deployed: undefined })
    .filter(isFault)
    .filter(({ name }) => name !== "Cloudflare account");
  if (faults.length === 0) return;
  const lines = faults.map(({ name, state, says }) => `  ${state.padEnd(8)}${name}: ${says}`);
  throw new Problem(["Nothing was deployed. Mend this, or run npm run setup:", ...lines].join("\n"));
}

function readDeployOptions(args: readonly string[]): { readonly isDry: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { "dry-run": { type: "boolean" } } });
    return { isDry: values["dry-run"] ?? false };
  } catch (error) {
    // parseArgs names the argument it does not take; anything else is a fault of ours.
    if (!(error instanceof TypeError)) throw error;
    throw new Problem(`${error.message.split(". ")[0]}. npm run deploy takes -- --dry-run only.`, { cause: error });
  }
}
