import { type RefObject, useEffect, useState } from "react";

/** Whether any of the element is in sight; always, where the browser cannot say. */
export function useOnScreen(ref: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(!("IntersectionObserver" in globalThis));
  useEffect(() => {
    const element = ref.current;
    if (element === null || !("IntersectionObserver" in globalThis)) return;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return seen;
}
