/** The exit codes of every command. */
export const exitCode = {
  done: 0,
  /** The command did its work and has something to object: findings, a denial, a difference. */
  objection: 1,
  /** Wrong usage or bad input. */
  badInput: 2,
} as const

/** The error that ends a command because of its input: one message, and the mend. */
export class Failure extends Error {
  override readonly name = 'Failure'
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}

/** The error that ends a command whose diagnostics have been printed already. */
export class Reported extends Error {
  override readonly name = 'Reported'
}

/** The error that ends a command which did its work and has something to object. */
export class Objection extends Error {
  override readonly name = 'Objection'
}
