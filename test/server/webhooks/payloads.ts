/** Every payload of test/fixtures/webhooks, by the name of its file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../fixtures/webhooks");

export interface Sample {
  /** `push`, `push.tag`. */
  readonly name: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const SAMPLES: readonly Sample[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => {
    const name = file.replace(/\.json$/, "");
    const payload = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Readonly<Record<string, unknown>>;
    return { name, event: name.replace(/\..*$/, ""), payload };
  });

export function payloadOf(name: string): Readonly<Record<string, unknown>> {
  const sample = SAMPLES.find((each) => each.name === name);
  if (sample === undefined) throw new Error(`no payload ${name}`);
  return sample.payload;
}
