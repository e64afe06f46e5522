/** One link of the chain between the keyboard and GitHub, looked at. */

export interface Finding {
  readonly link: string;
  /** `poor`: works, but not as it could. `unseen`: an earlier link is broken. */
  readonly state: "ok" | "poor" | "broken" | "unseen";
  readonly says: string;
  /** What to type or change. */
  readonly next?: string | undefined;
}

export const ok = (link: string, says: string): Finding => ({ link, state: "ok", says });
export const poor = (link: string, says: string, next?: string): Finding => ({ link, state: "poor", says, next });
export const broken = (link: string, says: string, next?: string): Finding => ({ link, state: "broken", says, next });
export const unseen = (link: string): Finding => ({
  link,
  state: "unseen",
  says: "not looked at: mend the above first",
});
