/** The cameras as they are now. */
export interface LiveRoute {
  screen: "live";
}

export function allCameras(): LiveRoute {
  return { screen: "live" };
}

export const LIVE_HREF = "#/live";
