/** The living half of a local run: a pool of its own, its callers, and their traffic until the run ends. */
import type { Progress } from "../progress.ts";
import { CALLERS, DEMO_POOL, IDENTITIES } from "./cast.ts";
import { playDemo } from "./play.ts";
import { setStage, type StageAsk } from "./stage.ts";

export interface DemoAsk extends StageAsk {
  readonly webhookSecret: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Resolves when the play has begun, with its end, which never rejects. @throws Problem as setStage. */
export async function startDemo(ask: DemoAsk): Promise<{ readonly over: Promise<void> }> {
  const { progress } = ask;
  const stage = await progress.step(
    "demo",
    () => setStage(ask),
    () => `pool ${DEMO_POOL}, ${CALLERS.length} callers, ${IDENTITIES.length} identities; --quiet leaves it out`,
  );
  const troubled = (error: unknown) =>
    progress.line(`demo: ${error instanceof Error ? error.message : String(error)} (it goes on trying)`);
  return { over: playDemo({ ...ask, stage, troubled }) };
}
