import { Text } from "../../ui/Text";
import { parseSlots } from "./slots";

interface SlotsFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
}

/** The slots of a day, typed in one line. */
export function SlotsField({ label, value, onChange, ...hint }: SlotsFieldProps) {
  const problem = parseSlots(value) === null ? "Type slots such as 08:00-12:00, with commas between them." : undefined;
  return <Text label={label} value={value} onChange={onChange} placeholder="nothing" problem={problem} {...hint} />;
}
