import { Icon } from "../ui/Icon";
import type { Progress } from "./use-command";

interface OutcomeProps<Action extends string> {
  progress: Progress<Action>;
  /** What each action is called. */
  words: Record<Action, { label: string }>;
  testId: string;
}

/** How the last command went, in the controller's words. The region is always there, so that it is read out. */
export function Outcome<Action extends string>({ progress, words, testId }: OutcomeProps<Action>) {
  const status = progress.phase === "answered" ? progress.status : progress.phase;
  return (
    <p className={`outcome outcome-${status}`} role="status" data-testid={testId} data-status={status}>
      {progress.phase === "pending" && `${words[progress.action].label}: waiting for the controller…`}
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
