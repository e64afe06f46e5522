/**
 * The canary: a private repository full of one random word, the marker, and what each asker is told of it. GitHub's own
 * rules, written from what it documents and what relays have leaked. No code that needs Node: workerd reads it too.
 */
import type { CanarySetting } from "./vocabulary.ts";

/** How much an asker is told. public: what everybody is. user: what any credential is, and nothing private. */
export type Grade = "public" | "user" | "member" | "admin";

export interface Viewer {
  readonly grade: Grade;
  readonly login: string;
  readonly marker: string;
  /** The private repository that public things refer to. */
  readonly hidden: string;
  /** Text only this grade of asker is told: the marker, the grade and the field, so that a leak says where it began. */
  readonly say: (field: string) => string;
}

/** A private repository whose name gives nothing away, for tests that ask for it by name. */
export const VAULT = "octocat/vault";
/** Of a review nobody submitted, a draft release or an event of a private repository: the public is told 404. */
export const HIDDEN_ID = "990001";
/** Of an issue whose parent is private. */
export const HIDDEN_NUMBER = "89999";
/** Of a draft release. */
export const HIDDEN_TAG = "v9.9.9-unannounced";

/** Logins the setting does not name are told what the public is. */
export function viewerOf(canary: CanarySetting, login: string | undefined): Viewer {
  const grade = gradeOf(canary, login?.toLowerCase());
  return {
    grade,
    login: login ?? "",
    marker: canary.marker,
    hidden: `octocat/${canary.marker}`,
    say: (field) => `${canary.marker}-${grade}-${field}`,
  };
}

function gradeOf(canary: CanarySetting, login: string | undefined): Grade {
  const isOneOf = (logins: readonly string[]) => logins.some((each) => each.toLowerCase() === login);
  if (isOneOf(canary.admins)) return "admin";
  if (isOneOf(canary.members)) return "member";
  return isOneOf(canary.users) ? "user" : "public";
}

/** Whether the asker belongs to the private repository. */
export function belongs({ grade }: Viewer): boolean {
  return grade === "member" || grade === "admin";
}
