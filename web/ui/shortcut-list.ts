/** Whether the list of shortcuts is open; the dialog itself is loaded when somebody asks for it. */
import { createSignal } from "solid-js";

const [shortcutsAreOpen, setOpen] = createSignal(false);
export { shortcutsAreOpen };
export const openShortcuts = (): void => void setOpen(true);
export const closeShortcuts = (): void => void setOpen(false);
