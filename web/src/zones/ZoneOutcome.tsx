import { ACTION_WORDS } from "../doors/actions";
import { Icon } from "../ui/Icon";
import type { ZoneProgress } from "./use-zone-command";
import { wentWrong, zoneResultWords } from "./zone-command";

const ICONS = { confirmed: "good", requested: "plain", failed: "bad", expired: "bad" } as const;
const WORDS = { confirmed: "confirmed", requested: "waiting", failed: "failed", expired: "expired" } as const;

/** How the last command to the zone went: in one sentence, and door by door where one did not do it. */
export function ZoneOutcome({ progress }: { progress: ZoneProgress }) {
  const result = progress.phase === "answered" ? progress.result : null;
  const failed = result !== null && (result.problem !== null || result.doors.some(wentWrong));
  const status = result === null ? progress.phase : failed ? "failed" : "confirmed";
  return (
    <div data-testid="zone-outcome" data-status={status}>
      {/* Always there, so that it is read out. */}
      <p className={`outcome outcome-${status}`} role="status">
        {progress.phase === "pending" && `${ACTION_WORDS[progress.action].label}: waiting for the doors. It is not carried out after 5 seconds…`}
        {progress.phase === "answered" && (
          <>
            <Icon name={failed ? "bad" : "good"} />
            {ACTION_WORDS[progress.action].label}: {zoneResultWords(progress.result)}
          </>
        )}
      </p>
      {result !== null && result.doors.length > 0 && (
        <ul className="answers" aria-label="What became of it at each door">
          {result.doors.map((answer) => (
            <li key={answer.id} className={`outcome outcome-${answer.status}`} data-status={answer.status}>
              <Icon name={ICONS[answer.status]} />
              <span>
                {answer.name}: {wentWrong(answer) ? `${WORDS[answer.status]}. ${answer.sentence}` : WORDS[answer.status]}
              </span>
            </li>
          ))}
          {result.skipped.map((name) => (
            <li key={name} className="outcome outcome-pending">
              <Icon name="plain" />
              <span>{name}: not asked, it has no lock</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
