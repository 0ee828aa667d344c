import type { Place } from '../../policy/index.js'
import { textOf } from '../source/field.js'
import type { SourceMap } from '../source/source-node.js'
import type { EnvoyFragment, Surroundings } from './fragment.js'
import { requestMutations } from './header-removals.js'
import {
  enumText,
  field,
  fieldAt,
  fieldMaps,
  fieldText,
  isFalse,
  isTrue,
  messageOf,
} from './message.js'

/** A header that configuration adds to requests. */
export interface HeaderAddition extends Surroundings {
  readonly fragment: EnvoyFragment
  /** In lower case. */
  readonly name: string
  readonly value: string
  /** `append`: beside what the caller sent; `overwrite`: in its place, unless the value is empty. */
  readonly action: 'append' | 'overwrite'
  /** Where the deprecated `append` stands. */
  readonly deprecated: Place | undefined
  readonly place: Place
}

const actions = [
  'APPEND_IF_EXISTS_OR_ADD',
  'ADD_IF_ABSENT',
  'OVERWRITE_IF_EXISTS_OR_ADD',
  'OVERWRITE_IF_EXISTS',
]

/** Finds the headers that routes and header_mutation filters add to requests. */
export function headerAdditions(fragments: readonly EnvoyFragment[]): readonly HeaderAddition[] {
  return fragments.flatMap(fragment =>
    fragment.maps.flatMap(({ node, chain, manager }) =>
      optionsIn(node).flatMap(option => {
        const header = fieldAt(option, 'header')
        const name = fieldText(header, 'key')?.toLowerCase()
        const value = field(header, 'value')
        const text = textOf(value?.value)
        if (name === undefined || value === undefined || text === undefined) return []
        const append = field(option, 'append')
        return {
          ...{ fragment, chain, manager, name },
          value: text,
          action: actionOf(option),
          deprecated: append?.keyPlace,
          place: value.value.place,
        }
      }),
    ),
  )
}

/** The HeaderValueOptions that a mapping has. */
function optionsIn(node: SourceMap): readonly SourceMap[] {
  const added = fieldMaps(node, 'request_headers_to_add')
  const type = messageOf(node)?.type
  if (type !== 'HeaderMutation' && type !== 'HeaderMutationPerRoute') return added
  return [...added, ...requestMutations(node).flatMap(mutation => fieldMaps(mutation, 'append'))]
}

function actionOf(option: SourceMap): 'append' | 'overwrite' {
  const action = enumText(fieldAt(option, 'append_action'), actions)
  const append = fieldAt(option, 'append')
  if (append !== undefined && action === undefined) {
    return isFalse(append) && !isTrue(append) ? 'overwrite' : 'append'
  }
  return action?.startsWith('OVERWRITE') ? 'overwrite' : 'append'
}
