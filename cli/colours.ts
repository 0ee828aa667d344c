import pico from 'picocolors'

/** The colours of one output stream; all of them do nothing when it is no terminal. */
export type Colours = ReturnType<typeof pico.createColors>

/** Gives colours for a stream: none unless it is a terminal, and none under `NO_COLOR`. */
export function coloursFor(stream: { readonly isTTY?: boolean }): Colours {
  const { NO_COLOR, TERM } = process.env
  return pico.createColors(stream.isTTY === true && !NO_COLOR && TERM !== 'dumb')
}
