import { type ReactNode, useId } from "react";

/** A titled part of a screen. */
export function Panel({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="part-panel panel" aria-labelledby={id}>
      <div className="screen-head">
        <h2 id={id}>{title}</h2>
        {end}
      </div>
      {children}
    </section>
  );
}
