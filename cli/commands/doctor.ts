import { command } from "../command.ts";
import { Failure } from "../exit.ts";

export const doctor = command({
  name: "doctor",
  about: "Check each link between your keyboard and GitHub, and say how to mend what is broken.",
  args: {},
  flags: { json: { type: "boolean", about: "print JSON" } },
  examples: ["octopool doctor"],
  async run({ flags, ...around }) {
    const { io, machine } = around;
    const [{ lookAtServer }, { lookAtGh }] = await Promise.all([
      import("../doctor/server-links.ts"),
      import("../doctor/gh-links.ts"),
    ]);
    const findings = [...(await lookAtServer({ ...around })), ...lookAtGh(machine)];
    if (flags.json) io.json(findings);
    else {
      io.table(
        ["LINK", "STATE", "WHAT"],
        findings.map(({ link, state, says }) => [link, state, says]),
      );
    }
    for (const { link, next } of findings) if (next !== undefined) io.note(`${link}: ${next}`);
    const ill = findings.filter(({ state }) => state === "broken").map(({ link }) => link);
    if (ill.length > 0) throw new Failure(`Broken: ${ill.join(", ")}.`);
  },
});
