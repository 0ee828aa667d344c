type Action = () => void

const actions = new Set<Action>()

/**
 * Has something synchronous done when the process exits, however it does, short of being killed.
 *
 * @returns what takes it back
 */
export function atExit(action: Action): () => void {
  if (actions.size === 0) process.once('exit', runAll)
  actions.add(action)
  return () => {
    actions.delete(action)
    if (actions.size === 0) process.off('exit', runAll)
  }
}

function runAll(): void {
  for (const action of actions) action()
}
