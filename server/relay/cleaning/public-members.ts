/** Who is known to show a membership to everybody: learnt, at no cost, from what the public was told of an organization. */
import { BoundedMap } from "../../bounded-map.ts";

const MEMBERS = 20_000;
/** Somebody who hides the membership again is still told of by answers that were filled within this time. */
const MEMBER_MS = 10 * 60_000;

export class PublicMembers {
  readonly #until = new BoundedMap<string, number>(MEMBERS);

  learn(org: string, logins: readonly string[], now: number): void {
    for (const login of logins) this.#until.set(keyOf(org, login), now + MEMBER_MS);
  }

  has(org: string, login: string, now: number): boolean {
    const until = this.#until.get(keyOf(org, login));
    return until !== undefined && until > now;
  }
}

function keyOf(org: string, login: string): string {
  return `${org}/${login}`.toLowerCase();
}
