"""Questions about decisions: why was this decided, would they pass, who can pass, what would a change do."""
