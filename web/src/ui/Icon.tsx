/** Drawn on a 24-unit square, two units thick; each name is what it stands for. */
const PATHS = {
  locked: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5zM12 14.5v2.5",
  unlocked: "M7 11V8a5 5 0 0 1 9.6-2M5 11h14v9H5zM12 14.5v2.5",
  released: "M14 4h5v16h-5M4 12h10M10.5 8.5 14 12l-3.5 3.5",
  open: "M4 20h16M7 20V5.5L15 3.5V20M15 6h2.5v14M12 12v1.5",
  forced: "M12 3 2.5 20h19zM12 9.5v5M12 17v.5",
  held: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3.5 2",
  lockdown: "M12 3 4.5 6v6c0 4.5 3 7.5 7.5 9 4.5-1.5 7.5-4.5 7.5-9V6zM9 9.5l6 6M15 9.5l-6 6",
  offline: "M4 4l16 16M8.5 15.5a5 5 0 0 1 5-1.200M5 12a10 10 0 0 1 4.5-2.700M19 12a10 10 0 0 0-5.5-2.900M12 19v.1",
  good: "M4.5 12.5l5 5 10-11",
  bad: "M6 6l12 12M18 6 6 18",
  alarm: "M12 3 2.5 20h19zM12 9.5v5M12 17v.5",
  warning: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7.5v5.5M12 16v.5",
  plain: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.5M12 7.5v.5",
  camera: "M3 7h12v10H3zM15 11l6-3.5v9L15 13",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  door: "M4 20h16M7 20V4h10v16M14 12v1",
  card: "M3 6h18v12H3zM3 10h18M6.5 14.5h4",
  close: "M6 6l12 12M18 6 6 18",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  phone: "M7 3h10v18H7zM11 18h2",
  digits: "M5 6h2M11 6h2M17 6h2M5 12h2M11 12h2M17 12h2M11 18h2",
  code: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6M14 20h3",
  car: "M3 16v-4l2.500-5h13l2.500 5v4zM6 16v2.500M18 16v2.500M3 12h18",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  "frame-back": "M6 5v14M18 5.5v13L9.5 12z",
  "frame-forward": "M18 5v14M6 5.5v13l8.5-6.5z",
  replay: "M4.5 12a7.5 7.5 0 1 0 2.5-5.600M4 4v4.5h4.5",
  marker: "M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11M12 8v4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.400M17.6 17.6 19 19M5 19l1.4-1.400M17.6 6.4 19 5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
  screen: "M3 5h18v11H3zM9 20h6M12 16v4",
} as const;

export type IconName = keyof typeof PATHS;

/** A decoration beside words; it says nothing by itself, so that a screen reader passes over it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
