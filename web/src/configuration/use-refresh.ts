import { useEffect } from "react";

const REFRESH_MS = 5000;

/**
 * Asks again every few seconds for as long as the page is seen, and at once when it is seen again. `ask` must be the
 * same from one rendering to the next.
 */
export function useRefresh(ask: () => void): void {
  useEffect(() => {
    const whenSeen = (): void => {
      if (document.visibilityState === "visible") ask();
    };
    const timer = setInterval(whenSeen, REFRESH_MS);
    document.addEventListener("visibilitychange", whenSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", whenSeen);
    };
  }, [ask]);
}
