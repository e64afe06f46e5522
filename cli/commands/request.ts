import { readApiPath } from "../api-path.ts";
import { command } from "../command.ts";
import { Failure } from "../exit.ts";
import { isObject, parseJson } from "../json.ts";
import { readHeaders, readPair, readQuery } from "../pairs.ts";
import { readRefusal, toProblem } from "../refusal.ts";
import { freshnessHeaders } from "../relayed-read.ts";

export const request = command({
  name: "request",
  about: "Send one relay request and print the whole envelope, with the relay's own facts.",
  details: [
    "Nothing is asked twice and nothing is left out: this shows what the server says. An inner status of 400 or more still ends with 0.",
  ],
  args: {},
  flags: {
    path: { type: "string", value: "path", required: true, about: "a path of GitHub's API" },
    query: { type: "list", short: "q", value: "key=value", about: "add a query parameter" },
    header: { type: "list", short: "H", value: "name:value", about: "send a request header" },
    "route-hint": { type: "list", value: "key=value", about: "add a hint, such as pr_state=merged" },
    pool: { type: "string", value: "name", about: "another pool than the one of your login" },
  },
  examples: [
    "octopool request --path /repos/cli/cli/pulls/1",
    "octopool request --path /repos/cli/cli/issues --query state=open",
  ],
  async run({ flags, relay, io, env }) {
    const hints = flags["route-hint"].map((text) =>
      readPair(text, /=/, { flag: "--route-hint", example: "pr_state=merged" }),
    );
    const ask = {
      ...readApiPath(flags.path, readQuery(flags.query, "--query")),
      headers: { ...freshnessHeaders(env), ...readHeaders(flags.header, "--header") },
      routeHint: Object.fromEntries(hints.map(({ key, value }) => [key, value])),
    };
    const answer = await relay.relayed(ask, { raw: false, pool: flags.pool });
    const { url } = await relay.caller();
    if (answer.status < 200 || answer.status > 299)
      throw toProblem(readRefusal(answer), url, "octopool routes shows what the relay serves");
    const envelope = parseJson(answer.body.toString("utf8"));
    if (!isObject(envelope)) {
      throw new Failure(`${url} answered ${answer.status} with something that is not an envelope.`, {
        next: "octopool whoami shows the server",
      });
    }
    if (io.isTerminal) return io.json(envelope);
    io.write(answer.body); // as received: numbers and escapes stay what they were
  },
});
