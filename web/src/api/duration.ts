const PARTS = /^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_S = [604_800, 86_400, 3600, 60, 1] as const;
export const DAY_S = 86_400;

/** The seconds in a length of time of the API, such as P1DT12H. */
export function secondsOf(duration: string): number {
  const [, sign, ...parts] = PARTS.exec(duration) ?? [];
  const seconds = UNITS_S.reduce((sum, unit, at) => sum + unit * Number(parts[at] ?? 0), 0);
  return sign === "-" ? -seconds : seconds;
}

/** So many seconds as the API has them. What is no number becomes one less than none, which the server refuses at its field. */
export function durationOf(seconds: number): string {
  if (!(seconds >= 0)) return "-PT1S";
  const whole = Math.floor(seconds);
  const [days, hours, minutes] = [Math.floor(whole / DAY_S), Math.floor((whole % DAY_S) / 3600), Math.floor((whole % 3600) / 60)];
  const rest = Math.round((seconds - whole + (whole % 60)) * 1000) / 1000;
  const time = [hours && `${hours}H`, minutes && `${minutes}M`, rest && `${rest}S`].filter(Boolean).join("");
  if (!time && !days) return "PT0S";
  return `P${days ? `${days}D` : ""}${time ? `T${time}` : ""}`;
}
