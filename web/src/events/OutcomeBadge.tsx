import { Icon } from "../ui/Icon";
import type { Outcome } from "./words";

/** The outcome as icon, word and colour. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return (
    <span className={`badge tone-${outcome.tone}`}>
      <Icon name={outcome.tone} />
      {outcome.word}
    </span>
  );
}
