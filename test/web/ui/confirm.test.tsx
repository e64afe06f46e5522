import { cleanup, fireEvent, render, screen, waitFor } from "@solidjs/testing-library";
import { afterEach, describe, expect, it, vi } from "vitest";
import ConfirmDialog from "../../../web/ui/confirm.tsx";

afterEach(cleanup);

function open(changes: { onConfirm?: () => Promise<unknown>; typed?: string } = {}) {
  const onClose = vi.fn<() => void>();
  const onConfirm = vi.fn<() => Promise<unknown>>(changes.onConfirm ?? (async () => {}));
  render(() => (
    <ConfirmDialog
      title="Delete pat_alice?"
      consequence="3 routes lose their only identity."
      deed="Delete pat_alice"
      refrain="Keep it"
      {...(changes.typed === undefined ? {} : { typed: changes.typed })}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  ));
  return { onClose, onConfirm };
}

const deed = () => screen.getByRole("button", { name: "Delete pat_alice" });

describe("the second step", () => {
  it("names the thing and says what follows", async () => {
    open();
    const dialog = await screen.findByRole("alertdialog", { name: "Delete pat_alice?" });
    expect(dialog.textContent).toContain("3 routes lose their only identity.");
  });

  it("does it once, and closes", async () => {
    const { onClose, onConfirm } = open();
    await screen.findByRole("alertdialog");
    fireEvent.click(deed());
    fireEvent.click(deed());
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(onConfirm).toHaveBeenCalledTimes(1);
  });

  it("does nothing where it is refrained from", async () => {
    const { onClose, onConfirm } = open();
    await screen.findByRole("alertdialog");
    fireEvent.click(screen.getByRole("button", { name: "Keep it" }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(onConfirm).not.toHaveBeenCalled();
  });

  it("stays open with the reason where it is refused", async () => {
    const { onClose } = open({ onConfirm: () => Promise.reject(new TypeError("network")) });
    await screen.findByRole("alertdialog");
    fireEvent.click(deed());
    expect((await screen.findByRole("alert")).textContent).toContain("The server did not answer");
    expect(onClose).not.toHaveBeenCalled();
  });

  it("waits for the word that must be typed", async () => {
    const { onConfirm } = open({ typed: "pat_alice" });
    await screen.findByRole("alertdialog");
    fireEvent.click(deed());
    expect(onConfirm).not.toHaveBeenCalled();
    fireEvent.input(screen.getByRole("textbox"), { target: { value: "pat_alice" } });
    fireEvent.click(deed());
    await waitFor(() => expect(onConfirm).toHaveBeenCalledTimes(1));
  });
});
