/** Bar 9: thirty callers that poll ten pulls while nothing changes. */
import { askAtOnce } from "../load.ts";
import type { Finding } from "../finding.ts";
import { mustBeOk } from "../questions.ts";
import { Simulation } from "../simulation.ts";

const CALLERS = 30;
const POLLS = 60;
const READS = 5;
const PULLS = 10;
const UNITS_AT_MOST = 60;
/** An hour of polls, once a minute: every open pull has ended many times by then. */
const BETWEEN_POLLS_MS = 60_000;
/** Memos as they are by default, and not the bench's long ones. */
const VARS = { CONFIG_TTL_SECONDS: "30", PUBLIC_REPO_TTL_SECONDS: "30" } as const;

export function pollPulls(): Promise<readonly Finding[]> {
  return Simulation.run(VARS, async (simulation) => {
    const { setting } = simulation;
    const { client } = setting.standIn;
    await client.setLatency(0);
    const repository = setting.newRepository();
    // Gone for longer than the polls last, whatever the clocks say.
    const reset = Math.floor(Date.now() / 1000) + 4 * 3600;
    await setting.spendAnonymousQuota();
    await client.setAnonymousQuota("core", { remaining: 0, reset });
    await client.clearLog();
    let reads = 0;
    for (let poll = 0; poll < POLLS; poll++) {
      for (let read = 0; read < READS; read++) {
        const question = setting.bytes(`${repository}/pulls/${((poll * READS + read) % PULLS) + 1}`);
        const replies = await askAtOnce(setting.port, CALLERS, question);
        for (const reply of replies) mustBeOk(reply);
        reads += replies.length;
      }
      await simulation.moveClock(BETWEEN_POLLS_MS);
    }
    const log = await client.log();
    const units = log.reduce((sum, { charged }) => sum + charged, 0);
    const renewed = log.filter(({ status }) => status === 304).length;
    const proofs = log.filter(({ path }) => path === repository);
    return [
      {
        bar: 9,
        what: `${CALLERS} callers x ${POLLS} polls x ${READS} reads over ${PULLS} pulls`,
        ours: `${units} units (${log.length} calls, ${renewed} free 304s)`,
        floor: "",
        share: "",
        threshold: `<= ${UNITS_AT_MOST} units`,
        isMet: reads === CALLERS * POLLS * READS && units <= UNITS_AT_MOST,
        raw: { reads, units, calls: log.length, renewed, proofs: proofs.length },
      },
    ];
  });
}
