import { nextPage, readApiPath, type ApiPath } from "../api-path.ts";
import { cacheNote } from "../cache-note.ts";
import { command, type Surroundings } from "../command.ts";
import { Failure, UsageProblem } from "../exit.ts";
import { loadFilter, type Filter } from "../jq/filter.ts";
import { readHeaders, readQuery } from "../pairs.ts";
import { toProblem, type Refusal } from "../refusal.ts";
import { freshnessHeaders, readThroughRelay, type ReadOutcome } from "../relayed-read.ts";

/** 10,000 elements at 100 a page: past this the question was too wide. */
const MAX_PAGES = 100;

type GithubAnswer = Extract<ReadOutcome, { readonly kind: "github" }>;

export const api = command({
  name: "api",
  about: "Read one path of GitHub's API through the relay and print GitHub's own answer.",
  details: [
    "Only GET. Octopool never runs your own gh here; where the relay does not serve a path, it says so.",
    "--jq is jq 1.8, and prints as gh api --jq does: strings bare, null as an empty line, anything else as JSON, one result a line. With --paginate it sees one page at a time. An error of GitHub's is printed whole.",
  ],
  args: {
    path: { about: "a path of GitHub's API, with or without a leading slash and a query string", required: true },
  },
  flags: {
    query: { type: "list", short: "q", value: "key=value", about: "add a query parameter" },
    header: { type: "list", short: "H", value: "name:value", about: "send a request header" },
    jq: { type: "string", value: "expression", about: "print what this jq expression makes of the answer" },
    paginate: { type: "boolean", about: `read all pages, ${MAX_PAGES} at most, and print one after another` },
    include: { type: "boolean", short: "i", about: "print the status line and the headers first" },
    pool: { type: "string", value: "name", about: "another pool than the one of your login" },
  },
  examples: [
    "octopool api repos/cli/cli/pulls/1",
    "octopool api repos/cli/cli/issues -q state=open --paginate --jq '.[].title'",
    "octopool api repos/cli/cli/pulls/1 -H accept:application/vnd.github.diff",
  ],
  async run({ flags, args, ...around }) {
    requireNoExpression(flags.query, args.path);
    const headers = { ...freshnessHeaders(around.env), ...readHeaders(flags.header, "--header") };
    const asked = readApiPath(args.path, readQuery(flags.query, "--query"));
    const read = (page: ApiPath, plain?: ApiPath) => readPage({ page, plain, headers, pool: flags.pool }, around);
    const loading = flags.jq === undefined || flags.jq === "" ? undefined : loadFilter(flags.jq, around.env);
    let page: ApiPath | undefined = flags.paginate ? byHundred(asked) : asked;
    let noted = false;
    for (let count = 0; page !== undefined; count += 1) {
      if (count === MAX_PAGES)
        throw new Failure(`There are more than ${MAX_PAGES} pages; the output ends here.`, {
          next: "narrow the question with -q",
        });
      const [answer, filter]: readonly [GithubAnswer, Filter | undefined] = await Promise.all([
        read(page, count === 0 && page !== asked ? asked : undefined),
        loading, // while GitHub is asked
      ]);
      if (!noted) noted = noteCache(answer, around);
      if (flags.include) around.io.write(headOf(answer));
      if (answer.status >= 400 || filter === undefined) printBody(answer, around.io);
      else printFiltered(filter, answer, around.io);
      if (answer.status >= 400) throw new Failure(`GitHub answered ${answer.status}`);
      page = flags.paginate ? nextPage(answer.headers["link"]) : undefined;
    }
  },
});

/** Who comes from gh may take -q for its --jq. */
function requireNoExpression(query: readonly string[], path: string): void {
  const expression = query.find((text) => /^\.[^=]*$/.test(text));
  if (expression === undefined) return;
  throw new UsageProblem(
    `-q adds a query parameter here, and "${expression}" is none.`,
    `octopool api ${path} --jq '${expression}'`,
  );
}

/** The largest page GitHub gives, as gh api --paginate asks for, unless the user chose one. */
function byHundred({ path, query }: ApiPath): ApiPath {
  return { path, query: { per_page: "100", ...query } };
}

interface PageAsk {
  readonly page: ApiPath;
  /** The question as the user wrote it, for a route that takes no per_page. */
  readonly plain: ApiPath | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly pool: string | undefined;
}

async function readPage({ page, plain, headers, pool }: PageAsk, around: Surroundings): Promise<GithubAnswer> {
  const outcome = await readThroughRelay({ ...page, headers }, around, pool);
  if (outcome.kind === "github") return outcome;
  const isDenied = outcome.refusal.details["reason"] === "route_denied";
  if (isDenied && plain !== undefined) return readPage({ page: plain, plain: undefined, headers, pool }, around);
  throw await refused(outcome.refusal, page, around);
}

async function refused(refusal: Refusal, { path, query }: ApiPath, { relay }: Surroundings): Promise<Error> {
  const { url } = await relay.caller();
  const words = Object.entries(query).flatMap(([key, value]) => [value].flat().map((one) => `${key}=${one}`));
  const own = `gh api '${path}${words.length === 0 ? "" : `?${words.join("&")}`}'`;
  return toProblem(
    refusal,
    url,
    refusal.code === "fallback_local" ? `${own} does it with your own GitHub login` : undefined,
  );
}

/** True once a line was printed: one says it for all pages. */
function noteCache({ facts }: GithubAnswer, { env, io, machine }: Surroundings): boolean {
  const note = cacheNote(facts, env, machine.now());
  if (note !== undefined) io.note(note);
  return note !== undefined;
}

function printBody({ body }: GithubAnswer, io: Surroundings["io"]): void {
  io.write(body);
  if (io.isTerminal && body.length > 0 && body.at(-1) !== 0x0a) io.write("\n");
}

function printFiltered(filter: Filter, { body }: GithubAnswer, io: Surroundings["io"]): void {
  const { text, failure } = filter(body);
  io.write(text);
  if (failure !== undefined) throw failure;
}

/** GitHub's headers and the relay's facts; those of the connection in between are nobody's business. */
function headOf({ status, statusText, headers }: GithubAnswer): string {
  const hop =
    /^(?:connection|keep-alive|transfer-encoding|content-length|cache-control|server|cf-|nel$|report-to$|alt-svc$)/;
  const lines = Object.entries(headers)
    .filter(([name]) => !hop.test(name))
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${`HTTP/1.1 ${status} ${statusText}`.trimEnd()}\r\n${lines.join("")}\r\n`;
}
