/** Every shape, by GitHub's operation: a row's answers are those of its first operation. */
import type { RouteSpec } from "../../../../shared/routes/spec.ts";
import { fields, type Shape } from "../shape.ts";
import { ACTIONS } from "./actions.ts";
import { CHECKS } from "./checks.ts";
import { COMMITS } from "./commits.ts";
import { EVENTS } from "./events.ts";
import { FILES } from "./files.ts";
import { GITHUB } from "./github.ts";
import { ISSUES } from "./issues.ts";
import { PEOPLE } from "./people.ts";
import { PULLS } from "./pulls.ts";
import { REPOSITORIES } from "./repositories.ts";
import { SEARCH } from "./search.ts";

const BY_OPERATION: ReadonlyMap<string, Shape> = new Map(
  [ACTIONS, CHECKS, COMMITS, EVENTS, FILES, GITHUB, ISSUES, PEOPLE, PULLS, REPOSITORIES, SEARCH].flatMap((family) =>
    Object.entries(family),
  ),
);

/** GitHub's own words on why it does not answer (docs.github.com, "Troubleshooting the REST API"). */
const REFUSAL = fields("message documentation_url status", {
  errors: fields("resource field code message value"),
});

/** Of a row that nobody wrote a shape for nothing may stay. */
const NOTHING = fields("");

export function shapeOf({ operations: [operation = ""] }: Pick<RouteSpec, "operations">, status: number): Shape {
  if (status >= 300) return REFUSAL;
  return BY_OPERATION.get(operation) ?? NOTHING;
}

/** True where somebody wrote down what may stay. */
export function hasShape({ operations: [operation = ""] }: Pick<RouteSpec, "operations">): boolean {
  return BY_OPERATION.has(operation);
}
