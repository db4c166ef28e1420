import { useState } from "react";

import { useMinute } from "../app/now";
import { Icon, type IconName } from "../ui/Icon";
import { ACTION_WORDS, type ActionTerms, type DoorAction, termsOf, USUAL_TERMS } from "./actions";
import { CONDITIONS, lockAndDoor } from "./condition";
import { DoorDialog } from "./DoorDialog";
import type { Door } from "./door-states";
import { Outcome } from "./Outcome";
import { standingWords } from "./standing";
import { useCommand } from "./use-command";
import { useReasons } from "./use-reasons";

interface DoorTileProps {
  door: Door;
  stale: boolean;
  commandable: boolean;
}

/** One door: its condition as icon, word and colour, and what may be done with it. */
export function DoorTile({ door, stale, commandable }: DoorTileProps) {
  const [choosing, setChoosing] = useState(false);
  const { progress, run } = useCommand(door.id);
  const { needed, again } = useReasons();
  const give = async (action: DoorAction, terms: ActionTerms): Promise<void> => {
    const { reasonMissing } = await run(action, terms);
    if (reasonMissing !== true) return;
    again();
    setChoosing(true);
  };
  const { condition, mode, position } = door.state;
  const { word, meaning, tone } = CONDITIONS[condition];
  const standing = standingWords(door.state, useMinute());
  const pending = progress.phase === "pending";
  return (
    <li
      className={`tile tone-${tone}`}
      aria-label={door.name}
      data-testid="door-tile"
      data-door-name={door.name}
      data-condition={condition}
    >
      <h3 className="tile-name">{door.name}</h3>
      <p className={`condition tone-${tone}`} title={meaning} data-testid="door-condition">
        <Icon name={condition.toLowerCase() as Lowercase<typeof condition> & IconName} />
        {word}
        {stale && <span className="tile-stale"> (last known)</span>}
      </p>
      <p className="tile-facts">{condition === "OFFLINE" ? meaning : lockAndDoor(mode, position)}</p>
      {standing !== null && (
        <p className="tile-facts" data-testid="door-standing">
          {standing}
        </p>
      )}
      {commandable && (
        <div className="tile-actions">
          <button
            type="button"
            disabled={pending}
            aria-label={`Grant access: ${door.name}`}
            onClick={() => (needed.has("GRANT_ACCESS") ? setChoosing(true) : void give("grant", termsOf("grant", USUAL_TERMS)))}
            data-testid="door-grant"
          >
            {ACTION_WORDS.grant.label}
          </button>
          <button
            type="button"
            disabled={pending}
            aria-haspopup="dialog"
            aria-label={`More actions: ${door.name}`}
            onClick={() => setChoosing(true)}
            data-testid="door-more"
          >
            More…
          </button>
        </div>
      )}
      <Outcome progress={progress} words={ACTION_WORDS} testId="door-outcome" />
      {choosing && (
        <DoorDialog
          door={door}
          needed={needed}
          onClose={() => setChoosing(false)}
          onChoose={(action, terms) => {
            setChoosing(false);
            void give(action, terms);
          }}
        />
      )}
    </li>
  );
}
