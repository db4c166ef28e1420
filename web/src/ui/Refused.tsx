import { FormProblems } from "./Field";

interface RefusedProps {
  sentences: readonly string[];
  /** Somebody else has changed the same thing meanwhile. */
  outdated: boolean;
  /** Loads it again and drops what was typed. */
  onReload: () => void;
  /** What that is called. */
  reload?: string;
}

/** Why the server did nothing; when the form is outdated, with the way on. */
export function Refused({ sentences, outdated, onReload, reload = "Load it again and drop my changes" }: RefusedProps) {
  return (
    <>
      <FormProblems sentences={sentences} />
      {outdated && (
        <p>
          <button type="button" onClick={onReload}>
            {reload}
          </button>
        </p>
      )}
    </>
  );
}
