/** What an operator wants to end, as surrogate keys. */
import { RelayError } from "../../shared/errors.ts";
import { classifyPath } from "../../shared/route-match.ts";
import { pathKeyOf } from "../../shared/surrogate-keys.ts";

/** Each key once. @throws RelayError invalid_path, route_denied. */
export function purgeKeysOf(ask: {
  readonly keys?: readonly string[] | undefined;
  readonly repo?: string | undefined;
  readonly path?: string | undefined;
}): readonly string[] {
  const ofRepo = ask.repo === undefined ? [] : [`repo:${ask.repo.toLowerCase()}`];
  return [...new Set([...(ask.keys ?? []), ...ofRepo, ...keysOfPath(ask.path)])];
}

function keysOfPath(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  const classified = classifyPath(path);
  if (classified.kind !== "ok") throw new RelayError(classified.kind, { message: `path: ${classified.why}.` });
  return [pathKeyOf(classified.match)];
}
