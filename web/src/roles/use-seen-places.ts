import { useMay } from "../session/viewing";

/** Which kinds of places the viewer may see, as the questions about roles take it. */
export function useSeenPlaces(): { doors: boolean; cameras: boolean; lines: boolean } {
  return { doors: useMay("door.view"), cameras: useMay("camera.view"), lines: useMay("io.read") };
}
