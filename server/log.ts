/** One line of JSON per event, for whoever reads the Worker's logs. Every line names its request; none holds a secret. */

export type LogLevel = "info" | "warn" | "error";

export interface LogFields {
  /** What happened, in one or two words; the other fields are about it. */
  readonly message: string;
  /** Absent where no request is behind it. */
  readonly request_id?: string;
  readonly [name: string]: string | number | boolean | undefined;
}

/**
 * What looks like a credential, whoever wrote it: GitHub's tokens, ours, an Authorization header's value, a key. Our own
 * messages hold none, but an error of a library's may quote what it was given.
 */
const SECRETS =
  /\b(?:gh[a-z]_[A-Za-z0-9]{8,}|github_pat_\w{8,}|op_[\w-]{8,})|\b(?:bearer|basic|token)\s+[\w.~+/=-]{8,}|-----BEGIN [^-]+-----(?:[^-]*-----END [^-]+-----)?/gi;

export function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS, "[secret]");
}

/** Level first and names in the order given, so that lines of one kind line up. */
export function logLine(level: LogLevel, fields: LogFields): void {
  const safe = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" ? withoutSecrets(value) : value,
  ]);
  const line = JSON.stringify({ level, ...(Object.fromEntries(safe) as object) });
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}

/** An error in full: its message and stack, and its cause by name. */
export function logError(error: unknown, requestId: string, message = "failed"): void {
  const { name, message: says, stack, cause } = error instanceof Error ? error : new Error(String(error));
  const why = cause instanceof Error ? { cause: cause.name } : {};
  logLine("error", { message, request_id: requestId, name, error: says, stack: stack ?? "", ...why });
}
