/** Runs every check, though some fail: a smoke test that stops at the first tells half of it. */
import { Problem } from "../problem.ts";
import type { Ask } from "./ask.ts";
import { checksOf, Mismatch, type SmokeTarget } from "./checks.ts";

type Env = Readonly<Record<string, string | undefined>>;

export const HELP = `npm run e2e: asks a deployment what it must answer

  OCTOPOOL_E2E_URL           its origin, such as https://octopool.example.com or http://127.0.0.1:8787
  OCTOPOOL_E2E_HOST          the same as a host name, asked by https
  OCTOPOOL_E2E_INSTALL_HOST  the second host, where there is one
  OCTOPOOL_E2E_RESOLVER      address of a name server to ask
  OCTOPOOL_E2E_TOKEN         a caller token, for one relayed read
  OCTOPOOL_E2E_POOL          its pool; maintainers by default
  OCTOPOOL_E2E_REPOSITORY    what it reads; cli/cli by default
`;

/** @throws Problem naming the variable that is missing or cannot be used. */
export function readSmokeTarget(env: Env): SmokeTarget {
  const host = env.OCTOPOOL_E2E_HOST;
  const url = env.OCTOPOOL_E2E_URL || (host ? `https://${host}` : "");
  if (url === "")
    throw new Problem("Set OCTOPOOL_E2E_URL or OCTOPOOL_E2E_HOST: npm run e2e -- --help says what each is.");
  if (!URL.canParse(url) || new URL(url).origin !== url.replace(/\/$/, "")) {
    throw new Problem(`OCTOPOOL_E2E_URL must be an origin such as https://octopool.example.com, not "${url}".`);
  }
  const { origin, protocol } = new URL(url);
  const install = env.OCTOPOOL_E2E_INSTALL_HOST;
  return {
    origin,
    installOrigin: install ? `${protocol}//${install}` : undefined,
    token: env.OCTOPOOL_E2E_TOKEN || undefined,
    pool: env.OCTOPOOL_E2E_POOL || undefined,
    repository: env.OCTOPOOL_E2E_REPOSITORY || undefined,
  };
}

/** Answers how many checks failed; each is one line. */
export async function runSmoke(target: SmokeTarget, ask: Ask, say: (line: string) => void): Promise<number> {
  let failed = 0;
  for (const { name, run } of checksOf(target)) {
    const complaint = await run(ask).then(
      () => undefined,
      (error: unknown) => complaintOf(error),
    );
    if (complaint !== undefined) failed += 1;
    say(complaint === undefined ? `ok      ${name}` : `failed  ${name}: ${complaint}`);
  }
  return failed;
}

/** A mismatch, or a host that cannot be reached; anything else is a fault of ours and shows its stack. */
function complaintOf(error: unknown): string {
  if (error instanceof Mismatch) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? String((error as Error).stack) : `${code}: ${(error as Error).message}`;
}
