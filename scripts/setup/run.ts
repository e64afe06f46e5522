/** The whole of `npm run setup`: look, ask, write, make, report. Each part leaves what is in place alone. */
import { join } from "node:path";
import { Problem } from "../problem.ts";
import { createProgress } from "../progress.ts";
import { ConfigFile } from "./config-file.ts";
import { type Deployed, type Finding, inspect, isFault } from "./inspect.ts";
import { nextSteps } from "./next-steps.ts";
import { HELP, readSetupOptions } from "./options.ts";
import { Questions, type Terminal } from "./questions.ts";
import { type AccountWork, PROXY_CONFIG, settleSecrets, settleStores } from "./settle-account.ts";
import { type Files, settleConfig } from "./settle-config.ts";
import { type Account, Wrangler } from "./wrangler.ts";

export interface SetupRun extends Terminal {
  readonly root: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Resolves to the process's exit code. @throws Problem for what has to be mended by hand first. */
export async function runSetup(run: SetupRun): Promise<number> {
  const options = readSetupOptions(run.args);
  const say = (text: string) => run.output.write(`${text}\n`);
  if (options.help) {
    say(HELP.trimEnd());
    return 0;
  }
  const wrangler = new Wrangler({ cwd: run.root, env: run.env });
  const files = await openFiles(run.root);
  const account = await wrangler.account();
  if (options.check) return report(await findingsOf(files, wrangler, account, run), say);
  if (account === undefined) {
    throw new Problem("wrangler is not logged in: run npx wrangler login, or set CLOUDFLARE_API_TOKEN.");
  }
  refuseSeveral(account, run);
  const questions = new Questions(run);
  try {
    const progress = createProgress({ write: (text) => run.output.write(text) });
    const work: AccountWork = { wrangler, files, options, questions, progress, env: run.env };
    const isWritten = await settleConfig(files, options, questions);
    say(isWritten ? "wrangler.jsonc is written." : "wrangler.jsonc is as it should be.");
    await settleStores(work);
    const made = await settleSecrets(work, await deployedOf(files, wrangler));
    say("");
    const code = report(await findingsOf(files, wrangler, account, run), say);
    say("");
    say(nextSteps(files.main.values, made));
    return code;
  } finally {
    questions.close();
  }
}

async function openFiles(root: string): Promise<Files> {
  return {
    main: await ConfigFile.open(join(root, "wrangler.jsonc")),
    proxy: await ConfigFile.open(join(root, PROXY_CONFIG)),
  };
}

function refuseSeveral({ accounts }: Account, { env }: SetupRun): void {
  if (accounts.length < 2 || env.CLOUDFLARE_ACCOUNT_ID) return;
  const names = accounts.map(({ name, id }) => `${id} (${name})`).join(", ");
  throw new Problem(`You have several Cloudflare accounts: set CLOUDFLARE_ACCOUNT_ID to one of ${names}.`);
}

async function findingsOf(
  files: Files,
  wrangler: Wrangler,
  account: Account | undefined,
  run: SetupRun,
): Promise<readonly Finding[]> {
  if (account !== undefined) refuseSeveral(account, run);
  const deployed = account === undefined ? undefined : await deployedOf(files, wrangler);
  return inspect({ main: files.main.values, proxy: files.proxy.values, deployed });
}

async function deployedOf({ main }: Files, wrangler: Wrangler): Promise<Deployed> {
  const bucket = main.values.r2_buckets?.[0]?.bucket_name ?? "";
  const buckets = await wrangler.buckets();
  return {
    databases: await wrangler.databases(),
    buckets,
    lifecycleRules: buckets.includes(bucket) ? await wrangler.lifecycleRules(bucket) : [],
    secrets: await wrangler.secrets(),
    proxySecrets: await wrangler.secrets(PROXY_CONFIG),
  };
}

/** Prints every finding; 1 where anything is missing or wrong. */
function report(findings: readonly Finding[], say: (text: string) => void): number {
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, state, says } of findings) say(`${state.padEnd(8)}${name.padEnd(width + 2)}${says}`);
  const faults = findings.filter(isFault);
  const names = faults.map(({ name }) => name).join(", ");
  say(faults.length === 0 ? "Everything is in place." : `${faults.length} to mend: ${names}.`);
  return faults.length === 0 ? 0 : 1;
}
