/** git's smart HTTP on github.com, protocol versions 0 and 2, as far as `git ls-remote` goes (gitprotocol-http, -v2). */
import type { Ask, Outcome } from "./ask.ts";
import { decodeSegments } from "./match-template.ts";
import type { Question } from "./question.ts";
import { refsStartingWith, type Ref } from "./refs.ts";
import type { Repository, World } from "./world.ts";

const GIT_PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack)$/;
const FLUSH = "0000";
const DELIMITER = "0001";
const AGENT = "agent=git/github-stand-in";
const V2 = ["version 2\n", `${AGENT}\n`, "ls-refs=unborn\n", "fetch=shallow wait-for-done filter\n", "server-option\n"];
const V0 = `multi_ack thin-pack side-band side-band-64k ofs-delta shallow no-progress include-tag allow-tip-sha1-in-want`;

/** Undefined where the path is none of git's. @param about the question whose version is the repository's own. */
export function gitOutcome(
  world: World,
  ask: Ask,
  about: (repository: Repository, resource: string) => Question,
): Outcome | undefined {
  const [, owner = "", name = "", door] = GIT_PATH.exec(ask.path) ?? [];
  if (door === undefined) return undefined;
  if (door === "info/refs" && ask.query.get("service") !== "git-upload-pack")
    return plain(403, "Please upgrade your git client.\n");
  const asked = `${decodeSegments(owner)}/${decodeSegments(name)}`;
  const repository = world.repository(asked);
  // GitHub asks for a password: whether there is something private it does not say.
  if (repository?.visibility !== "public") {
    const refused = plain(401, "Repository not found.");
    return { ...refused, headers: { ...refused.headers, "www-authenticate": 'Basic realm="GitHub"' } };
  }
  if (repository.fullName.toLowerCase() !== asked.toLowerCase()) {
    const query = ask.query.size === 0 ? "" : `?${ask.query}`;
    const location = `${ask.origin}/${repository.fullName}.git/${door}${query}`;
    return { status: 301, headers: { location }, body: new Uint8Array(), charged: 0, resource: null };
  }
  const question = about(repository, "git");
  const isV2 = ask.headers["git-protocol"] === "version=2";
  if (door === "info/refs") return git("advertisement", isV2 ? advertiseV2() : advertiseV0(question));
  return ask.method === "POST" && isV2 ? git("result", lsRefs(question, ask.body)) : plain(400, "bad request\n");
}

function advertiseV2(): string {
  return pkt("# service=git-upload-pack\n") + FLUSH + V2.map(pkt).join("") + pkt("object-format=sha1\n") + FLUSH;
}

function advertiseV0(question: Question): string {
  const branch = `refs/heads/${question.repository?.defaultBranch ?? "main"}`;
  const capabilities = `\0${V0} symref=HEAD:${branch} object-format=sha1 ${AGENT}`;
  const lines = withHead(question, refsStartingWith(question, "refs/")).flatMap((ref) => [
    `${ref.sha} ${ref.name}`,
    ...(ref.peeled === undefined ? [] : [`${ref.peeled} ${ref.name}^{}`]),
  ]);
  const refs = lines.map((line, index) => pkt(`${line}${index === 0 ? capabilities : ""}\n`));
  return pkt("# service=git-upload-pack\n") + FLUSH + refs.join("") + FLUSH;
}

function lsRefs(question: Question, body: string): string {
  const lines = readLines(body);
  if (lines[0] !== "command=ls-refs") return pkt("ERR unknown command\n");
  const isPeeled = lines.includes("peel");
  const prefixes = lines.flatMap((line) => (line.startsWith("ref-prefix ") ? line.slice("ref-prefix ".length) : []));
  const found = (prefixes.length === 0 ? [""] : prefixes).flatMap((prefix) => refsStartingWith(question, prefix));
  const refs = [...new Map(found.map((ref) => [ref.name, ref])).values()];
  const isHeadAsked = prefixes.length === 0 || prefixes.some((prefix) => "HEAD".startsWith(prefix));
  const all = isHeadAsked ? withHead(question, refs) : refs;
  const words = ({ sha, name, peeled }: Ref) =>
    `${sha} ${name}${isPeeled && peeled !== undefined ? ` peeled:${peeled}` : ""}\n`;
  return all.map((ref) => pkt(words(ref))).join("") + FLUSH;
}

function withHead(question: Question, refs: readonly Ref[]): readonly Ref[] {
  const [head] = refsStartingWith(question, `refs/heads/${question.repository?.defaultBranch ?? "main"}`);
  return head === undefined ? refs : [{ ...head, name: "HEAD" }, ...refs];
}

/** The text of every packet, delimiters left out. */
function readLines(body: string): readonly string[] {
  const lines: string[] = [];
  for (let rest = body; rest.length >= FLUSH.length;) {
    const length = Number.parseInt(rest.slice(0, 4), 16);
    if (length > DELIMITER.length) lines.push(rest.slice(4, length).replace(/\n$/, ""));
    rest = rest.slice(Math.max(4, length));
  }
  return lines;
}

function pkt(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
}

function git(kind: "advertisement" | "result", body: string): Outcome {
  const headers = { "content-type": `application/x-git-upload-pack-${kind}`, "cache-control": "no-cache" };
  return { status: 200, headers, body: Buffer.from(body), charged: 0, resource: null };
}

function plain(status: number, body: string): Outcome {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status, headers, body: Buffer.from(body), charged: 0, resource: null };
}
