import type { Connection } from "../api/socket";
import { type Store, useStore } from "../api/store";
import { may, type Viewer } from "../session/permission";
import { Badge } from "../ui/Badge";
import type { LineStates } from "./line-states";
import { OutputTile } from "./OutputTile";
import { INPUT_STATES } from "./words";
import "./lines.css";

interface LineBoardProps {
  lines: LineStates;
  connection: Store<Connection>;
  viewer: Viewer;
}

/** Every auxiliary input and output as it is now. A site without any is not told of them. */
export function LineBoard({ lines, connection, viewer }: LineBoardProps) {
  const known = useStore(lines.lines);
  const stale = useStore(connection).state === "lost";
  if (known === null || known.inputs.length + known.outputs.length === 0) return null;
  return (
    <section className="board panel" aria-labelledby="lines-title" data-testid="line-board">
      <h2 id="lines-title">
        Inputs and outputs
        {stale && <span className="tile-stale"> (last known)</span>}
      </h2>
      {known.outputs.length > 0 && (
        <>
          <h3 className="lines-of">Outputs</h3>
          <ul className="lines" data-stale={stale}>
            {known.outputs.map((output) => (
              <OutputTile key={output.id} output={output} commandable={may(viewer, "io.write")} />
            ))}
          </ul>
        </>
      )}
      {known.inputs.length > 0 && (
        <>
          <h3 className="lines-of">Inputs</h3>
          <ul className="lines" data-stale={stale}>
            {known.inputs.map(({ id, name, state }) => (
              <li key={id} className="line" aria-label={name} data-testid="input-line" data-input-name={name}>
                <div className="line-head">
                  <strong className="line-name">{name}</strong>
                  <Badge tone={INPUT_STATES[state].tone} word={INPUT_STATES[state].word} />
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
