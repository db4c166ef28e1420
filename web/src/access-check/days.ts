/** For how long a draft is compared; 31 days are the most. */
export const DAYS = [
  ["1", "One day"],
  ["7", "One week"],
  ["14", "Two weeks"],
  ["31", "31 days"],
] as const;

export type Days = (typeof DAYS)[number][0];
