/** In the order in which they are looked for: most browsers also claim to be others. */
const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["Linux", "Linux"],
] as const;

/** What a browser calls itself, in words that its user knows. */
export function clientWords(client: string | null): string {
  if (client === null) return "Unknown program";
  const found = (names: readonly (readonly [string, string])[]) => names.find(([sign]) => client.includes(sign))?.[1];
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  if (browser === undefined) return client.split(" ")[0] ?? client;
  return system === undefined ? browser : `${browser} on ${system}`;
}
