import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { HeaderSet } from '../lua/run.js'
import { isCleared } from '../lua/state.js'
import type { Trace } from '../lua/trace.js'
import type { LintRule } from '../rule.js'
import { requiresCertificate } from './certificate-required.js'
import { isRemovedNear } from './header-removals.js'
import type { LuaScript } from './lua-scripts.js'

/**
 * Scripts that write something of the peer's certificate into a header and leave there what the
 * caller wrote: beside it (`add`), or in its place where the script does not get to it.
 */
export const luaHeaders: LintRule = {
  codes: ['SL3010', 'SL3011'],
  check: context => context.scripts.flatMap(script => problems(script, context)),
}

function problems(script: LuaScript, context: LintContext): readonly Finding[] {
  const { trace, fragment, message, placeOf } = script
  if (trace === undefined) return []
  const open = trace.sets.filter(({ name }) => !isRemovedNear(name, fragment, message, context))
  const adds = open
    .filter(({ keepsForged }) => keepsForged)
    .map(({ name, place }) =>
      finding('SL3010', `add keeps what the caller sent in ${name}`, placeOf(place)),
    )
  const required = requiresCertificate(fragment, message, context)
  const skipped = firstOfEach(open)
    .filter(set => isLeft(trace, set, open, required))
    .map(({ name, place }) =>
      finding(
        'SL3011',
        `a way through the script leaves what the caller sent in ${name}`,
        placeOf(place),
      ),
    )
  return [...adds, ...skipped]
}

function firstOfEach(sets: readonly HeaderSet[]): readonly HeaderSet[] {
  return sets.filter(({ name }, index) => sets.findIndex(set => set.name === name) === index)
}

/**
 * A way that neither removes nor sets the header. Where a certificate is required, a script that
 * replaces gets to it on every request; one that adds does harm anyhow.
 */
function isLeft(
  { ends }: Trace,
  { name }: HeaderSet,
  open: readonly HeaderSet[],
  required: boolean,
): boolean {
  const replaces = open.every(set => set.name !== name || !set.keepsForged)
  if (required && replaces) return false
  return ends.some(end => !isCleared(end, name) && !end.set.has(name))
}
