import { useState } from "react";

import { useMinute } from "../app/now";
import { Outcome } from "../doors/Outcome";
import { useReasons } from "../doors/use-reasons";
import type { OutputAction } from "../gql/operations";
import { Badge } from "../ui/Badge";
import { Dialog } from "../ui/Dialog";
import { OUTPUT_WORDS, type OutputTerms, outputTerms, USUAL_OUTPUT_TERMS } from "./actions";
import type { OutputNow } from "./line-states";
import { OutputForm } from "./OutputForm";
import { useOutputCommand } from "./use-output-command";
import { outputStanding, outputState } from "./words";

interface OutputTileProps {
  output: OutputNow;
  commandable: boolean;
}

/** One output: whether it is on and why, and what may be done with it. */
export function OutputTile({ output, commandable }: OutputTileProps) {
  const [choosing, setChoosing] = useState(false);
  const { progress, run } = useOutputCommand(output.id);
  const { needed, again } = useReasons();
  const explained = needed.has("OUTPUT");
  const give = async (action: OutputAction, terms: OutputTerms): Promise<void> => {
    const { reasonMissing } = await run(action, terms);
    if (reasonMissing !== true) return;
    again();
    setChoosing(true);
  };
  const { word, tone } = outputState(output.on);
  const standing = outputStanding(output, useMinute());
  // What is held is given back first of all; the rest is behind "More".
  const first: OutputAction = output.hold !== null ? "AUTO" : output.on === true ? "OFF" : "ON";
  const pending = progress.phase === "pending";
  return (
    <li className="line" aria-label={output.name} data-testid="output-tile" data-output-name={output.name}>
      <div className="line-head">
        <strong className="line-name">{output.name}</strong>
        <Badge tone={tone} word={word} />
      </div>
      {standing !== null && <p className="tile-facts">{standing}</p>}
      {commandable && (
        <div className="tile-actions">
          <button
            type="button"
            disabled={pending}
            aria-label={`${OUTPUT_WORDS[first].label}: ${output.name}`}
            onClick={() => (explained ? setChoosing(true) : void give(first, outputTerms(first, USUAL_OUTPUT_TERMS)))}
            data-testid="output-first"
          >
            {OUTPUT_WORDS[first].label}
          </button>
          <button
            type="button"
            disabled={pending}
            aria-haspopup="dialog"
            aria-label={`More actions: ${output.name}`}
            onClick={() => setChoosing(true)}
            data-testid="output-more"
          >
            More…
          </button>
        </div>
      )}
      <Outcome progress={progress} words={OUTPUT_WORDS} testId="output-outcome" />
      {choosing && (
        <Dialog title={output.name} onClose={() => setChoosing(false)} testId="output-dialog">
          <p className="door-now">
            <strong>{word}.</strong> {standing}
          </p>
          <OutputForm
            held={output.hold !== null}
            explained={explained}
            onChoose={(action, terms) => {
              setChoosing(false);
              void give(action, terms);
            }}
          />
        </Dialog>
      )}
    </li>
  );
}
