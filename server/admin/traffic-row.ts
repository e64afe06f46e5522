/** An audit row as the traffic room shows it. Pure. */
import { STATUS_NAMES, type StatusName } from "../../shared/dashboard/status.ts";
import type { TrafficRow } from "../../shared/dashboard/traffic.ts";
import type { FoundRow } from "../store/traffic.ts";
import { type MayName, repositoryOfKey, withoutName } from "./shown-names.ts";

export function answerOf(row: Pick<FoundRow, "fallbackReason" | "errorCode" | "cache" | "revalidated">): StatusName {
  if (row.fallbackReason !== "") return "fallback";
  if (row.errorCode !== "") return "error";
  if (row.cache === "hit" && row.revalidated !== 0) return "revalidated";
  return STATUS_NAMES.find((name) => name === row.cache) ?? "bypass";
}

/** A repository's name only where it may be told. */
export function shownPath(row: FoundRow, mayName: MayName): string {
  const repository = repositoryOfKey(row.routeKey);
  const answer = answerOf(row);
  const wasServed = answer !== "fallback" && answer !== "error";
  return repository === undefined || mayName(repository, wasServed) ? row.routeKey : withoutName(row.routeKey);
}

export function toTrafficRow(row: FoundRow, mayName: MayName): TrafficRow {
  const answer = answerOf(row);
  return {
    id: row.id,
    at: row.at,
    requestId: row.requestId,
    callerId: row.callerId,
    caller: row.callerLogin ?? row.callerId,
    client: row.clientName,
    kind: row.routeKind,
    path: shownPath(row, mayName),
    answer,
    why: whyOf(row, answer),
    status: row.status,
    identity: row.identityId,
    backend: row.backend,
    units: row.quotaUnits,
    isCoalesced: row.coalesced !== 0,
    ms: row.durationMs,
  };
}

function whyOf(row: FoundRow, answer: StatusName): string {
  if (answer === "fallback") return row.fallbackReason;
  if (answer === "error") return row.errorCode;
  if (answer === "stale") return staleReasonOf(row);
  if (answer === "hit") return "";
  const joined = row.coalesced === 0 ? [] : ["joined"];
  return [...(row.missReason === "" ? [] : [row.missReason]), ...joined].join(", ");
}

function staleReasonOf({ detail }: FoundRow): string {
  const { staleReason } = JSON.parse(detail) as { staleReason?: unknown };
  return typeof staleReason === "string" ? staleReason : "";
}
