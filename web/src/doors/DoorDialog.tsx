import { useMinute } from "../app/now";
import { Dialog } from "../ui/Dialog";
import { ACTION_WORDS, type ActionTerms, type DoorAction } from "./actions";
import { ActionForm } from "./ActionForm";
import { CONDITIONS } from "./condition";
import type { CommandKind } from "../gql/operations";
import { NO_REASONS } from "./use-reasons";
import type { Door } from "./door-states";
import { standingWords } from "./standing";

interface DoorDialogProps {
  door: Door;
  needed?: ReadonlySet<CommandKind>;
  onChoose: (action: DoorAction, terms: ActionTerms) => void;
  onClose: () => void;
}

/** How a door stands and why, and every command for it. */
export function DoorDialog({ door, needed = NO_REASONS, onChoose, onClose }: DoorDialogProps) {
  const { word, meaning } = CONDITIONS[door.state.condition];
  const standing = standingWords(door.state, useMinute());
  return (
    <Dialog title={door.name} onClose={onClose} testId="door-dialog">
      <p className="door-now" data-testid="door-dialog-state">
        <strong>{word}.</strong> {meaning} {standing}
      </p>
      <ActionForm about={door.name} needed={needed} asks={(action) => ACTION_WORDS[action].danger !== null} onChoose={onChoose} />
    </Dialog>
  );
}
