/** The stages of one request as words and bars. */
import { cleanup, render, screen, within } from "@solidjs/testing-library";
import { afterEach, expect, it } from "vitest";
import type { TrailStage } from "../../../shared/dashboard/traffic.ts";
import { Trail } from "../../../web/pages/trail.tsx";

const aStage = (changes: Partial<TrailStage>): TrailStage => {
  return { id: "caller", name: "Authenticate", words: "", from: 0, to: 0, tone: "plain", isAfter: false, ...changes };
};

afterEach(cleanup);

it("has a line and a bar for each stage, on one scale, and tells those behind the answer apart", () => {
  const stages = [
    aStage({ id: "policy", name: "Policy", words: "the pool allows it", from: 1, to: 1 }),
    aStage({
      id: "storedHad",
      name: "Shared store",
      words: "the stored copy is past its end",
      from: 1,
      to: 6,
      tone: "miss",
    }),
    aStage({ id: "identity", name: "Fetch, pat_alice", words: "200", from: 6, to: 370, tone: "miss" }),
    aStage({
      id: "kept",
      name: "Store",
      words: "the edge and the shared store have it",
      from: 374,
      to: 400,
      isAfter: true,
    }),
  ];
  const { container } = render(() => <Trail stages={stages} waitedMs={374} />);
  const told = (name: string) =>
    within(screen.getByRole("list", { name }))
      .getAllByRole("listitem")
      .map(({ textContent }) => textContent);
  expect(told("Decision trail")).toEqual([
    "Policyunder 1\u202fms, from 1 ms onthe pool allows it",
    "Shared store5\u202fms, from 1 ms onthe stored copy is past its end",
    "Fetch, pat_alice364\u202fms, from 6 ms on200",
  ]);
  expect(told("Behind the answer")).toEqual(["Store26\u202fms, from 374 ms onthe edge and the shared store have it"]);
  expect(container.textContent).toContain("Caller waited374\u202fms");
  const bars = [...container.querySelectorAll<HTMLElement>(".fall i")].map(({ style }) => [style.left, style.width]);
  expect(bars).toEqual([
    ["0.3%", "0.0%"],
    ["0.3%", "1.3%"],
    ["1.5%", "91.0%"],
    ["93.5%", "6.5%"],
  ]);
  expect(screen.getByText(/4 stages/).textContent).toBe("4 stages, on a scale of 400\u202fms");
});

it("of a request that waited for nothing draws marks without length", () => {
  render(() => (
    <Trail stages={[aStage({}), aStage({ id: "answer", name: "Answer", words: "200 to the caller" })]} waitedMs={0} />
  ));
  expect(screen.getAllByText(/under 1/).map(({ textContent }) => textContent?.replace(/,.*/, ""))).toEqual([
    "under 1\u202fms",
    "under 1\u202fms",
    "under 1\u202fms",
  ]);
});

it("of a row without times says so", () => {
  render(() => <Trail stages={[aStage({ words: "mona on laptop", from: null, to: null })]} waitedMs={4} />);
  expect(screen.getByRole("list", { name: "Decision trail" }).textContent).toBe("Authenticatenot timedmona on laptop");
  expect(screen.getByText(/none of them timed/)).toBeTruthy();
  expect(screen.queryByRole("list", { name: "Behind the answer" })).toBeNull();
});
