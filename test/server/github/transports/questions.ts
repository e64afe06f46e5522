/** Questions as the token-free transports get them, by the real table. */
import type { WebQuestion } from "../../../../server/github/transports/web-plan.ts";
import { anAsk, aRoute } from "../../../support/builders.ts";

export const ORIGINS = {
  githubWebOrigin: "https://github.com",
  githubRawOrigin: "https://raw.githubusercontent.com",
  maxResponseBytes: 2_097_152,
};

interface Part {
  readonly accept?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly stored?: WebQuestion["stored"];
  readonly file?: WebQuestion["file"];
  readonly apiVersion?: string;
}

export function aQuestion(
  path: string,
  { accept, query = {}, stored, file, apiVersion = "2022-11-28" }: Part = {},
): WebQuestion {
  const headers = accept === undefined ? {} : { accept: `application/vnd.github.${accept}` };
  const route = aRoute(anAsk(path, { query, headers }));
  const { owner = "", repo = "" } = route.match.params;
  return {
    match: route.match,
    variant: route.variant,
    query: route.canonicalQuery,
    owner,
    repo,
    stored,
    file,
    apiVersion,
  };
}
