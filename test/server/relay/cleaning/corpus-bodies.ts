/** GitHub's own examples, by the operation that answers them: those that a row of the catalogue relays as JSON. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROUTES } from "../../../../shared/routes/index.ts";
import type { RouteSpec } from "../../../../shared/routes/spec.ts";

const FOLDER = join(import.meta.dirname, "../../../github/corpus");

export interface Example {
  readonly operation: string;
  readonly row: RouteSpec;
  readonly body: unknown;
}

export const EXAMPLES: readonly Example[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name): readonly Example[] => {
    const { operationId: operation, body } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as {
      operationId: string;
      body: unknown;
    };
    const row = ROUTES.find(
      ({ operations, transports }) => operations[0] === operation && !transports.includes("none"),
    );
    return row === undefined || typeof body !== "object" || body === null ? [] : [{ operation, row, body }];
  });
