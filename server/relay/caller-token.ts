/**
 * Caller tokens: how they are made, known again by their hash, and told from guesses without looking anything up. The
 * last part of a token is a mark that only this server can make. It lets nobody in; it says that asking D1 is worth the
 * while, also for an address that has guessed too often (docs/decisions, Marked tokens).
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Config } from "../config.ts";

const MADE = /^(op_[A-Za-z0-9_-]{43})([A-Za-z0-9_-]{16})$/;
const SECRET_BYTES = 32;
const MARK_BYTES = 12;

type Keys = Pick<Config, "orgToken">;

/** 256 random bits and a mark; shown once, stored as a hash. Without OCTOPOOL_GITHUB_ORG_TOKEN it has no mark. */
export function newCallerToken({ orgToken }: Keys): string {
  const unmarked = `op_${Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url")}`;
  return orgToken === undefined ? unmarked : unmarked + markOf(unmarked, orgToken).toString("base64url");
}

/** Only this hash is stored. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** True: this server made it, while OCTOPOOL_GITHUB_ORG_TOKEN was what it is now. It may have been revoked since. */
export function isOurToken(token: string, { orgToken }: Keys): boolean {
  const [, unmarked, mark] = MADE.exec(token) ?? [];
  if (unmarked === undefined || mark === undefined || orgToken === undefined) return false;
  return timingSafeEqual(Buffer.from(mark, "base64url"), markOf(unmarked, orgToken));
}

/** GitHub makes that secret, so nobody finds it by trying it on a mark; words of an operator's choosing might be found. */
function markOf(unmarked: string, orgToken: string): Buffer {
  const key = Buffer.from(hkdfSync("sha256", orgToken, "", "octopool caller token mark", 32));
  return createHmac("sha256", key).update(unmarked).digest().subarray(0, MARK_BYTES);
}
