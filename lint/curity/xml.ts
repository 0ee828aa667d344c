/** An element of an XML text: what is needed to look at a configuration, and no more. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string
  readonly children: readonly XmlElement[]
  /** The text that stands directly in it, trimmed. */
  readonly text: string
  /** The offsets of that text, or of the start tag when there is none. */
  readonly span: readonly [from: number, to: number]
}

/** What {@link readXml} finds. */
export type XmlRead =
  | { readonly kind: 'read'; readonly roots: readonly XmlElement[] }
  | { readonly kind: 'broken'; readonly problem: string; readonly span: readonly [number, number] }

interface OpenElement {
  readonly name: string
  readonly children: XmlElement[]
  text: string
  readonly tag: readonly [number, number]
}

/** Reads the elements of a text; attributes, namespaces and entities are passed over. */
export function readXml(text: string): XmlRead {
  const roots: XmlElement[] = []
  const open: OpenElement[] = []
  const tags =
    /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([A-Za-z_][\w.:-]*)((?:"[^"]*"|'[^']*'|[^<>"'])*?)(\/?)>/g
  let position = 0
  for (const match of text.matchAll(tags)) {
    const [whole, slash, name, , selfClosing] = match
    const top = open.at(-1)
    if (top !== undefined) top.text += text.slice(position, match.index)
    position = match.index + whole.length
    if (name === undefined) continue
    const tag = [match.index, position] as const
    if (slash === '/') {
      if (top?.name !== name) return broken(top, name, tag)
      open.pop()
      place(closed(top, text), open, roots)
    } else if (selfClosing === '/') {
      place({ name: local(name), children: [], text: '', span: tag }, open, roots)
    } else open.push({ name, children: [], text: '', tag })
  }
  const left = open.at(-1)
  if (left === undefined) return { kind: 'read', roots }
  return { kind: 'broken', problem: `<${left.name}> is never closed`, span: left.tag }
}

/** Finds every element of a name, however deep. */
export function elementsNamed(
  elements: readonly XmlElement[],
  name: string,
): readonly XmlElement[] {
  return elements.flatMap(element => [
    ...(element.name === name ? [element] : []),
    ...elementsNamed(element.children, name),
  ])
}

function broken(
  top: OpenElement | undefined,
  name: string,
  span: readonly [number, number],
): XmlRead {
  const problem =
    top === undefined
      ? `</${name}> closes nothing`
      : `</${name}> stands where </${top.name}> belongs`
  return { kind: 'broken', problem, span }
}

function closed({ name, children, text, tag }: OpenElement, source: string): XmlElement {
  const trimmed = text.trim()
  const from = children.length === 0 && trimmed !== '' ? source.indexOf(trimmed, tag[1]) : -1
  const span = from === -1 ? tag : ([from, from + trimmed.length] as const)
  return { name: local(name), children, text: trimmed, span }
}

function place(element: XmlElement, open: readonly OpenElement[], roots: XmlElement[]): void {
  const parent = open.at(-1)
  if (parent === undefined) roots.push(element)
  else parent.children.push(element)
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
