import type { Colors } from 'picocolors/types.js'

/** Tells people what is going on while they wait. */
export interface Progress {
  /** Says what is being done now. */
  step(message: string): void
  /** Takes itself off the terminal. */
  done(): void
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Shows progress on a stream: one moving line on a terminal, else one line a step. */
export function showProgress(stream: NodeJS.WriteStream, colors: Colors): Progress {
  if (!stream.isTTY)
    return { step: message => void stream.write(`${message} ...\n`), done: () => undefined }
  let message = ''
  let frame = 0
  const draw = () => {
    const spinner = frames[frame++ % frames.length] ?? ''
    const room = Math.max(10, (stream.columns ?? 80) - 3)
    stream.write(`\r\x1b[K${colors.cyan(spinner)} ${message.slice(0, room)}`)
  }
  const timer = setInterval(draw, 80)
  timer.unref()
  return {
    step: next => {
      message = next
      draw()
    },
    done: () => {
      clearInterval(timer)
      stream.write('\r\x1b[K')
    },
  }
}
