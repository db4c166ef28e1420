import { Icon, type IconName } from "../ui/Icon";
import { type Theme, useTheme } from "./theme";

const WORDS: Record<Theme, { label: string; icon: IconName }> = {
  auto: { label: "Colours: as the system", icon: "screen" },
  light: { label: "Colours: light", icon: "sun" },
  dark: { label: "Colours: dark", icon: "moon" },
};

export function ThemeToggle() {
  const [theme, advance] = useTheme();
  const { label, icon } = WORDS[theme];
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={advance} data-testid="theme-toggle">
      <Icon name={icon} />
    </button>
  );
}
