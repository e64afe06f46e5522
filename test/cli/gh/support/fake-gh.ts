/**
 * A program in gh's place that speaks as gh does through the socket of its settings, one word a deed:
 * `GET /path`, `POST /path`, `graphql QUERY`, `header NAME VALUE`, `exit N`, `settings` (says its directory),
 * `append LINE` (changes its own config.yml), `run COMMAND` (starts another program), `wait` (until it is ended).
 */
export const FAKE_GH = String.raw`
const { request } = require("node:http");
const { readFileSync, appendFileSync, existsSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

const directory = process.env.GH_CONFIG_DIR ?? "";
const config = join(directory, "config.yml");
const text = existsSync(config) ? readFileSync(config, "utf8") : "";
const socketPath = /http_unix_socket:\s*"?([^"\n]+)/.exec(text)?.[1];
const token = process.env.GH_TOKEN;
const headers = { host: "api.github.com", "user-agent": "GitHub CLI", accept: "*/*" };
if (token !== undefined) headers.authorization = "token " + token;

const send = (method, path, body) =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, headers: { ...headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) } }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const link = answer.headers.link === undefined ? "" : " link=" + answer.headers.link;
        console.log(answer.statusCode + link + " " + (bytes.length > 2000 ? bytes.length + " bytes" : bytes));
        resolve();
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });

const words = process.argv.slice(2);
const deeds = {
  GET: () => send("GET", words.shift()),
  POST: () => send("POST", words.shift(), "{}"),
  graphql: () => send("POST", "/graphql", JSON.stringify({ query: words.shift(), variables: {} })),
  header: () => void (headers[words.shift()] = words.shift()),
  exit: () => process.exit(Number(words.shift())),
  settings: () => console.log("settings " + directory),
  append: () => appendFileSync(config, words.shift() + "\n"),
  run: () => void process.stdout.write(spawnSync("/bin/sh", ["-c", words.shift()], { encoding: "utf8" }).stdout),
  wait: () => new Promise(() => setInterval(() => undefined, 1000)),
};
(async () => {
  while (words.length > 0) {
    const deed = deeds[words.shift()];
    if (deed !== undefined) await deed();
  }
})().catch((error) => {
  console.log("broken " + error.code);
  process.exit(1);
});
`;
