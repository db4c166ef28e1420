import { Icon } from "../ui/Icon";
import { ACTION_WORDS } from "./actions";
import type { Progress } from "./use-command";

/** How the last command went, in the controller's words. The region is always there, so that it is read out. */
export function Outcome({ progress }: { progress: Progress }) {
  const status = progress.phase === "answered" ? progress.status : progress.phase;
  return (
    <p className={`outcome outcome-${status}`} role="status" data-testid="door-outcome" data-status={status}>
      {progress.phase === "pending" && `${ACTION_WORDS[progress.action].label}: waiting for the controller…`}
      {progress.phase === "answered" && (
        <>
          <Icon name={progress.status === "failed" ? "bad" : progress.status === "confirmed" ? "good" : "plain"} />
          {progress.status === "failed" ? "Failed: " : ""}
          {progress.sentence}
        </>
      )}
    </p>
  );
}
