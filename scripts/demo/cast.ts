/** Who plays in the pool `demo` of a local run: callers, identities and repositories. All of them live in the stand-in only. */
import { tokenOf } from "../../test/github/client.ts";

export const DEMO_POOL = "demo";
export const DEMO_ORG = "acme-inc";

export type Role = "person" | "bot" | "ci";

export interface DemoCaller {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
}

export const CALLERS: readonly DemoCaller[] = [
  { login: "ana-demo", name: "Ana Duarte", role: "person" },
  { login: "chidi-demo", name: "Chidi Okoro", role: "person" },
  { login: "mei-demo", name: "Mei Tanaka", role: "person" },
  { login: "triage-bot", name: "Triage bot", role: "bot" },
  { login: "release-bot", name: "Release bot", role: "bot" },
  { login: "ci-runner", name: "CI runner", role: "ci" },
];

export interface DemoIdentity {
  readonly id: string;
  readonly login: string;
  readonly secretRef: string;
  /** The troubled ones weigh more, so that their trouble shows soon. */
  readonly weight: number;
  /** How GitHub treats it. */
  readonly fate: "healthy" | "revoked" | "throttled";
}

export const IDENTITIES: readonly DemoIdentity[] = [
  { id: "demo_ana", login: "ana-demo", secretRef: "DEMO_PAT_ANA", weight: 100, fate: "healthy" },
  { id: "demo_mei", login: "mei-demo", secretRef: "DEMO_PAT_MEI", weight: 100, fate: "healthy" },
  { id: "demo_leaver", login: "leaver-demo", secretRef: "DEMO_PAT_LEAVER", weight: 300, fate: "revoked" },
  { id: "demo_busy", login: "busy-demo", secretRef: "DEMO_PAT_BUSY", weight: 200, fate: "throttled" },
];

export const REPOSITORIES: readonly string[] = [`${DEMO_ORG}/relay`, `${DEMO_ORG}/website`, `${DEMO_ORG}/octopus`];

/** By secret_ref. A revoked token is one that the stand-in never heard of. */
export function demoSecrets(): Readonly<Record<string, string>> {
  return Object.fromEntries(IDENTITIES.map(({ login, secretRef }) => [secretRef, tokenOf(login)]));
}
