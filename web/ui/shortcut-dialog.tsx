import { Dialog } from "@kobalte/core/dialog";
import { For, type JSX } from "solid-js";
import { Icon } from "./mark.tsx";
import { closeShortcuts } from "./shortcut-list.ts";
import { shortcuts } from "./shortcuts.ts";
import "./dialog.css";

export default function ShortcutDialog(): JSX.Element {
  // Of two for one key the later wins.
  const known = () => [...new Map(shortcuts().map((each) => [each.key, each])).values()];
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && closeShortcuts()}>
      <Dialog.Portal>
        <Dialog.Overlay class="overlay" />
        <Dialog.Content class="dialog">
          <div class="dialog-head">
            <Dialog.Title class="h2">Shortcuts</Dialog.Title>
            <Dialog.CloseButton class="btn quiet icon" aria-label="Close">
              <Icon name="x" />
            </Dialog.CloseButton>
          </div>
          <dl class="keys">
            <For each={known()}>
              {(each) => (
                <>
                  <dt>
                    <kbd>{each.key}</kbd>
                  </dt>
                  <dd>{each.does}</dd>
                </>
              )}
            </For>
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog>
  );
}
