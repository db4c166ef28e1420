const PAGE = 25;

/** Which page of a list, as the API wants it. */
export type Page = { first: number; after?: string | null } | { last: number; before: string | null };

export const firstPage: Page = { first: PAGE };

interface PagesProps {
  info: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  onPage: (page: Page) => void;
}

/** Leads through a list that is too long for one page. */
export function Pages({ info, onPage }: PagesProps) {
  return (
    <nav className="pages" aria-label="Pages">
      <button
        type="button"
        disabled={!info.hasPreviousPage}
        onClick={() => onPage({ last: PAGE, before: info.startCursor })}
      >
        Previous
      </button>
      <button type="button" disabled={!info.hasNextPage} onClick={() => onPage({ first: PAGE, after: info.endCursor })}>
        Next
      </button>
    </nav>
  );
}
