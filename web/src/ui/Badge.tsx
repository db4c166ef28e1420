import { Icon, type IconName } from "./Icon";

const ICONS = { good: "good", calm: "good", warning: "warning", danger: "alarm", off: "bad", notice: "plain" } as const;

export type Tone = keyof typeof ICONS;

/** A state as icon, word and colour; never as colour alone. */
export function Badge({ tone, word }: { tone: Tone; word: string }) {
  const icon: IconName = ICONS[tone];
  return (
    <span className={`badge tone-${tone}`}>
      <Icon name={icon} />
      {word}
    </span>
  );
}
