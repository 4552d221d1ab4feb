import { merge, type Problem, parseTree, type Tree } from './source.ts'

const KEY = 'extends'

/** Reads a scenario file and all it extends, laid over one another; without the key `extends`. */
export const readTree = (
  file: string,
  read: (path: string) => string,
  problems: Problem[],
  seen: readonly string[] = [],
): Tree => {
  const tree = parseTree(read(file), file, problems)
  if (!tree.map) {
    problems.push({ ...tree.place, key: '', text: 'allowed: a map of keys, such as name: churn' })
    return { place: tree.place, map: new Map() }
  }
  const base = tree.map.get(KEY)
  const own: Tree = { ...tree, map: new Map([...tree.map].filter(([key]) => key !== KEY)) }
  if (!base) return own
  if (typeof base.value !== 'string' || base.value === '') {
    problems.push({ ...base.place, key: KEY, text: 'allowed: the path of another scenario file' })
    return own
  }
  const path = besides(file, base.value)
  if ([...seen, file].includes(path)) {
    const circle = [...seen, file, path].join(' -> ')
    problems.push({ ...base.place, key: KEY, text: `a circle: ${circle}` })
    return own
  }
  return merge(readTree(path, read, problems, [...seen, file]), own)
}

/** `path`, as seen from the folder of `file`; without `.` and `..` where they can be resolved. */
export const besides = (file: string, path: string): string => {
  if (path.startsWith('/')) return path
  const parts: string[] = []
  for (const part of [...file.split('/').slice(0, -1), ...path.split('/')]) {
    if (part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '')
      parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}
