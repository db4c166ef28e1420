import { Icon } from "../ui/Icon";
import type { Standing } from "./standing";

const ICONS = { calm: "good", warning: "held", danger: "bad", off: "plain" } as const;

export function StandingBadge({ standing }: { standing: Standing }) {
  return (
    <span className={`condition tone-${standing.tone}`}>
      <Icon name={ICONS[standing.tone]} />
      {standing.word}
    </span>
  );
}
