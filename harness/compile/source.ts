import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'

/** Where something was written. Line 0: on the command line, by `--set`. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** What is wrong with a scenario, at one place. */
export interface Problem extends Place {
  /** Dotted; empty = the file itself. */
  readonly key: string
  readonly text: string
}

/** A YAML value that knows where it was written: exactly one of map, list, value is set. */
export interface Tree {
  readonly place: Place
  readonly map?: ReadonlyMap<string, Tree>
  readonly list?: readonly Tree[]
  readonly value?: unknown
}

export type Path = readonly (string | number)[]

/**
 * Parses YAML 1.2; what cannot be read is added to `problems`. Anchors and aliases are refused: `extends`
 * does their work.
 */
export const parseTree = (text: string, file: string, problems: Problem[]): Tree => {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false })
  const placeOf = (offset: number): Place => ({ file, line: lines.linePos(offset).line })
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    problems.push({ ...placeOf(pos[0]), key: '', text: message })
  }
  const grow = (node: Node | null, place: Place): Tree => {
    const here = node?.range ? placeOf(node.range[0]) : place
    if (isMap(node)) {
      const map = new Map<string, Tree>()
      for (const { key, value } of node.items) {
        const at = isScalar(key) && key.range ? placeOf(key.range[0]) : here
        const name = isScalar(key) ? String(key.value) : String(key)
        const child = grow(value as Node | null, at)
        map.set(name, { ...child, place: at })
      }
      return { place: here, map }
    }
    if (isSeq(node))
      return { place: here, list: node.items.map((item) => grow(item as Node, here)) }
    if (node === null || isScalar(node)) return { place: here, value: node?.value ?? null }
    problems.push({ ...here, key: '', text: 'anchors and aliases are not read; use extends' })
    return { place: here, value: null }
  }
  return grow(document.contents, { file, line: 1 })
}

/** `over` laid upon `under`: maps merge, everything else replaces. */
export const merge = (under: Tree, over: Tree): Tree => {
  if (!under.map || !over.map) return over
  const map = new Map(under.map)
  for (const [key, child] of over.map) {
    const below = map.get(key)
    map.set(key, below ? merge(below, child) : child)
  }
  return { place: over.place, map }
}

export const plain = ({ map, list, value }: Tree): unknown => {
  if (map) return Object.fromEntries([...map].map(([key, child]) => [key, plain(child)]))
  return list ? list.map(plain) : value
}

/** The part of a path, as a person writes it: an entry of a list by its `name` if it has one. */
export const child = (tree: Tree, part: string | number): Tree | undefined => {
  if (tree.map) return tree.map.get(String(part))
  const named = tree.list?.find(({ map }) => map?.get('name')?.value === part)
  return named ?? (/^\d+$/.test(String(part)) ? tree.list?.[Number(part)] : undefined)
}

/** The tree at a path, or the deepest one on the way to it. */
export const deepest = (tree: Tree, path: Path): Tree => {
  const next = path.length > 0 ? child(tree, path[0]!) : undefined
  return next ? deepest(next, path.slice(1)) : tree
}

/** A path as `--set` takes it: entries of lists by name where they have one. */
export const dotted = (tree: Tree, path: Path): string => {
  let at: Tree | undefined = tree
  return path
    .map((part) => {
      at = at && child(at, part)
      const name = typeof part === 'number' ? at?.map?.get('name')?.value : undefined
      return typeof name === 'string' ? name : String(part)
    })
    .join('.')
}
