import { fireEvent, render, screen, waitFor } from "@solidjs/testing-library";
import { afterEach, describe, expect, it, vi } from "vitest";
import { allRows, ExportList, MOST_EXPORTED } from "../../../web/ui/export-list.tsx";

afterEach(() => vi.restoreAllMocks());

describe("a list as a file", () => {
  it("takes all pages, and no more than one file holds", async () => {
    const three = await allRows(async (cursor) =>
      cursor === undefined ? { rows: [1, 2], next: "2" } : { rows: [3], next: null },
    );
    expect(three).toEqual([1, 2, 3]);
    const endless = await allRows(async () => ({ rows: Array.from({ length: 200 }, () => 0), next: "more" }));
    expect(endless).toHaveLength(MOST_EXPORTED);
  });

  it("is written in the format that was chosen", async () => {
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      blobs.push(blob as Blob);
      return "blob:it";
    });
    const columns = [{ name: "who", value: (row: { who: string }) => row.who }];
    render(() => <ExportList name="acts" columns={columns} rows={() => Promise.resolve([{ who: "=cmd" }])} />);
    fireEvent.keyDown(screen.getByRole("button", { name: "Export" }), { key: "Enter" });
    const item = await screen.findByRole("menuitem", { name: /CSV/ });
    fireEvent.keyDown(item, { key: "Enter" });
    await waitFor(() => expect(blobs).toHaveLength(1));
    expect(await blobs[0]?.text()).toBe("who\r\n'=cmd\r\n");
  });
});
