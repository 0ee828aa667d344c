import { basename } from 'node:path'
import type { Configuration } from '../config/index.js'

/**
 * Writes the comment above a generated file: what it is, and what it is made from.
 *
 * Names the configuration by its file name only: where it lies differs from machine to machine.
 */
export function heading({ file }: Configuration, ...lines: readonly string[]): string {
  const source = `Made by sidecert generate from ${basename(file)}: change that file, not this one.`
  return [...lines, source].join('\n')
}
