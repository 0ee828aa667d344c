/** A segment of a template: a literal, `{*}` or `{**}`. */
type Segment = { readonly literal: string } | '{*}' | '{**}'

/** A compiled path template: tells whether a path matches. */
export type PathTemplateMatcher = (path: string) => boolean

/**
 * Tells whether a path of a policy is a template. Istio asks for the operators anywhere in it, so
 * that a misplaced one is an error and not a literal.
 */
export function isPathTemplate(path: string): boolean {
  return path.includes('{*}') || path.includes('{**}')
}

/**
 * Says why a path of a policy cannot be used, or nothing.
 *
 * Istio's rules: braces only in the operators `{*}` and `{**}`; an operator is a whole segment;
 * none follows `{**}`; the other segments of a template hold only characters that RFC 3986 allows
 * in a path segment (without `*`). Envoy's rules on top: a template starts with exactly one slash
 * and ends in at most one.
 */
export function pathProblem(path: string): string | undefined {
  const template = isPathTemplate(path)
  let afterAny = false
  for (const segment of withoutOuterSlashes(path).split('/')) {
    if (segment === '{*}' || segment === '{**}') {
      if (afterAny) return 'no operator may follow {**}'
      afterAny = segment === '{**}'
    } else if (/[{}]/.test(segment)) {
      return 'braces may stand only in a segment that is {*} or {**} as a whole'
    } else if (template && !/^[a-zA-Z0-9\-._~%!$&'()+,;:@=]+$/.test(segment)) {
      return segment === ''
        ? 'a template may not have an empty segment'
        : `the segment ${segment} of a template holds a character that no path segment may hold`
    }
  }
  if (template && (!/^\/(?!\/)/.test(path) || path.endsWith('//'))) {
    return 'Envoy refuses a template that does not start with one slash or that ends in several'
  }
  return undefined
}

/**
 * Compiles a template that {@link pathProblem} has nothing against.
 *
 * Semantics are those of Envoy's `uri_template` matcher, which Istio uses: `{*}` is one or more, and
 * `{**}` zero or more, characters of a fixed set, the latter with slashes. The time is linear in the
 * path: at most one operator can take a slash, so the segments before it are found from the left and
 * those after it from the right.
 */
export function compilePathTemplate(template: string): PathTemplateMatcher {
  const segments: Segment[] = template
    .slice(1)
    .split('/')
    .map(segment => (segment === '{*}' || segment === '{**}' ? segment : { literal: segment }))
  const any = segments.indexOf('{**}')
  if (any === -1) return path => path.startsWith('/') && matchesAll(segments, path.slice(1))
  const before = segments.slice(0, any)
  const after = segments
    .slice(any + 1)
    .map(segment => `/${(segment as { readonly literal: string }).literal}`)
    .join('')
  return path => {
    const start = endOfSegments(before, path)
    const end = path.length - after.length
    return (
      start !== -1 &&
      start <= end &&
      path.endsWith(after) &&
      isRun(path, start, end, isPathCharacter)
    )
  }
}

function matchesAll(segments: readonly Segment[], path: string): boolean {
  const parts = path.split('/', segments.length + 1)
  return (
    parts.length === segments.length &&
    segments.every((segment, index) => matchesSegment(segment, parts[index] ?? ''))
  )
}

/** Where the text starts that `{**}` may take: after the slash behind the leading segments. */
function endOfSegments(segments: readonly Segment[], path: string): number {
  if (!path.startsWith('/')) return -1
  let position = 1
  for (const segment of segments) {
    const slash = path.indexOf('/', position)
    if (slash === -1 || !matchesSegment(segment, path.slice(position, slash))) return -1
    position = slash + 1
  }
  return position
}

function matchesSegment(segment: Segment, text: string): boolean {
  if (typeof segment !== 'string') return segment.literal === text
  return text !== '' && isRun(text, 0, text.length, isSegmentCharacter)
}

function isRun(
  text: string,
  start: number,
  end: number,
  accepts: (code: number) => boolean,
): boolean {
  for (let index = start; index < end; index++) {
    if (!accepts(text.charCodeAt(index))) return false
  }
  return true
}

const accepted = new Set(
  Array.from(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~%!$&'()*+,;:@=",
    character => character.charCodeAt(0),
  ),
)

function isSegmentCharacter(code: number): boolean {
  return accepted.has(code)
}

function isPathCharacter(code: number): boolean {
  return code === 0x2f || accepted.has(code)
}

function withoutOuterSlashes(path: string): string {
  let start = 0
  let end = path.length
  while (start < end && path[start] === '/') start++
  while (end > start && path[end - 1] === '/') end--
  return path.slice(start, end)
}
