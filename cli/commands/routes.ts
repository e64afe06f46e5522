import { command } from "../command.ts";
import { NoResults } from "../exit.ts";

export const routes = command({
  name: "routes",
  about: "List the GitHub paths the relay serves.",
  details: ["Whatever is not in this list is for your own gh."],
  args: { filter: { about: "show only rows whose kind, path or description holds this text" } },
  flags: { json: { type: "boolean", about: "print JSON" } },
  examples: ["octopool routes", "octopool routes pulls"],
  async run({ flags, args, io }) {
    const { ROUTES } = await import("../../shared/routes/index.ts"); // 150 rows: only this command needs them
    const wanted = (args.filter ?? "").toLowerCase();
    const rows = ROUTES.filter(({ kind, template, about }) =>
      `${kind} ${template} ${about}`.toLowerCase().includes(wanted),
    );
    if (flags.json) return io.json(rows);
    if (rows.length === 0) throw new NoResults(`No route matches "${args.filter}".`);
    io.table(
      ["KIND", "PATH", "FRESH", "ABOUT"],
      rows.map(({ kind, template, freshness, about }) => [kind, template, freshness.policy, about]),
    );
  },
});
