import type { CatalogueEntry } from './catalogue-entry.js'

/** Findings about the comments that accept findings. */
export const acceptanceCodes = {
  SL0001: {
    severity: 'warning',
    title: 'acceptance without a reason',
    why: 'Whoever reads the file later cannot tell whether it still holds, so it accepts nothing.',
    mend: 'Write: # sidecert-lint: accept CODE because REASON',
  },
  SL0002: {
    severity: 'warning',
    title: 'acceptance of a code that does not exist',
    why: 'It accepts nothing, and what it was meant for may go unseen.',
    mend: 'Write the code as the finding shows it, or remove the comment.',
  },
  SL0003: {
    severity: 'warning',
    title: 'acceptance that nothing matches',
    why: 'What it accepted is mended or has moved; left here, it would hide the next mistake.',
    mend: 'Remove the comment, or put it on the line of the finding or right above it.',
  },
  SL0004: {
    severity: 'warning',
    title: 'comment to the linter that it does not understand',
    why: 'It has no effect.',
    mend: 'Write: # sidecert-lint: accept CODE because REASON',
  },
} as const satisfies Record<string, CatalogueEntry>
