import { Icon } from "../ui/Icon";
import type { CommandResult } from "./command";
import type { Progress } from "./use-command";

interface OutcomeProps<Action extends string> {
  progress: Progress<Action>;
  /** What each action is called. */
  words: Record<Action, { label: string }>;
  testId: string;
}

/** Doorward gives a command to a controller for so long; nothing is queued. */
const COMMAND_LIFETIME_S = 5;

const BEFORE: Record<CommandResult["status"], string> = {
  confirmed: "",
  requested: "",
  failed: "Failed: ",
  expired: "Expired: ",
};

/** How the last command went, in the controller's words. The region is always there, so that it is read out. */
export function Outcome<Action extends string>({ progress, words, testId }: OutcomeProps<Action>) {
  const status = progress.phase === "answered" ? progress.status : progress.phase;
  return (
    <p className={`outcome outcome-${status}`} role="status" data-testid={testId} data-status={status}>
      {progress.phase === "pending" && `${words[progress.action].label}: waiting for the controller. It is not carried out after ${COMMAND_LIFETIME_S} seconds…`}
      {progress.phase === "answered" && (
        <>
          <Icon name={progress.status === "failed" || progress.status === "expired" ? "bad" : progress.status === "confirmed" ? "good" : "plain"} />
          {BEFORE[progress.status]}
          {progress.sentence}
        </>
      )}
    </p>
  );
}
