/** Bar 13: GitHub answers 5xx or hangs. */
import { inMs, type Finding } from "../finding.ts";
import { Simulation } from "../simulation.ts";

/** Short, so that hanging does not take the bench's time; all deadlines follow from it. */
const TIMEOUT_MS = 3_000;
/** What the answer may take on its way beside the request's own deadline. */
const GRACE_MS = 250;
/** Past an open pull's end and its time of renewal in the background, far inside its stale window of an hour. */
const INTO_STALE_MS = 5 * 60_000;
const FAULTS = [{ kind: "status", status: 502 }, { kind: "hang" }] as const;

export function outlastOutage(): Promise<readonly Finding[]> {
  return Simulation.run({ REQUEST_TIMEOUT_MS: String(TIMEOUT_MS) }, async (simulation) => {
    const findings: Finding[] = [];
    for (const fault of FAULTS) {
      for (const quota of ["ample", "gone"] as const) {
        const stale = await askInOutage(simulation, { fault, quota, hasCopy: true });
        const none = await askInOutage(simulation, { fault, quota, hasCopy: false });
        findings.push(stale, none);
      }
    }
    return findings;
  });
}

interface Case {
  readonly fault: (typeof FAULTS)[number];
  readonly quota: "ample" | "gone";
  readonly hasCopy: boolean;
}

async function askInOutage(simulation: Simulation, { fault, quota, hasCopy }: Case): Promise<Finding> {
  const { setting } = simulation;
  const { client } = setting.standIn;
  if (quota === "ample") await setting.setAnonymousQuota("ample");
  else await setting.spendAnonymousQuota();
  const repository = setting.newRepository();
  await setting.read(`${repository}/pulls/1`);
  if (hasCopy) await simulation.moveClock(INTO_STALE_MS);
  // The proof of visibility has its own bar: here the read fails, and what proves the repository answers.
  await setting.read(`${repository}/labels`);
  await client.addFault({ ...fault, match: { path_prefix: `${repository}/pulls` } });
  const started = performance.now();
  const { status, text } = await simulation.ask(`${repository}/pulls/${hasCopy ? 1 : 2}`);
  const ms = performance.now() - started;
  await client.clearFaults();
  const told = reasonIn(text);
  const wanted = hasCopy ? 200 : 424;
  return {
    bar: 13,
    what: `GitHub ${fault.kind === "hang" ? "hangs" : "answers 502"}, quota ${quota}, ${hasCopy ? "stale copy" : "no copy"}`,
    ours: `${status} ${told} in ${inMs(ms)}`,
    floor: "",
    share: "",
    threshold: `${wanted} github_unavailable within ${TIMEOUT_MS} (+${GRACE_MS}) ms`,
    isMet: status === wanted && told === "github_unavailable" && ms <= TIMEOUT_MS + GRACE_MS,
    raw: { status, told, ms },
  };
}

/** Why it is stale, or why there is no answer. */
function reasonIn(text: string): string {
  const { relay, error } = JSON.parse(text) as {
    readonly relay?: { readonly stale_reason?: string };
    readonly error?: { readonly code: string; readonly details?: { readonly reason?: string } };
  };
  return relay?.stale_reason ?? error?.details?.reason ?? error?.code ?? "";
}
