import { child, merge, type Place, type Problem, parseTree, plain, type Tree } from './source.ts'

/** Applies `--set path=value` (value in YAML; dotted path, list entries by index or by name) to a scenario. */
export const applySet = (tree: Tree, setting: string, problems: Problem[]): Tree => {
  const place: Place = { file: `--set ${setting}`, line: 0 }
  const [, path, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? []
  if (path === undefined || text === undefined) {
    problems.push({ ...place, key: '', text: 'allowed: path=value, such as phases.churn.for=10s' })
    return tree
  }
  const value = atPlace(parseTree(text, place.file, problems), place)
  return replace(tree, path.split('.'), value, problems)
}

const atPlace = (tree: Tree, place: Place): Tree => ({
  ...tree,
  place,
  ...(tree.map && {
    map: new Map([...tree.map].map(([key, inner]) => [key, atPlace(inner, place)] as const)),
  }),
  ...(tree.list && { list: tree.list.map((inner) => atPlace(inner, place)) }),
})

const replace = (
  tree: Tree | undefined,
  path: readonly string[],
  value: Tree,
  problems: Problem[],
): Tree => {
  const [part, ...rest] = path
  if (part === undefined) return tree ? merge(tree, value) : value
  if (tree?.list) {
    const entry = child(tree, part)
    if (!entry) {
      problems.push({ ...value.place, key: part, text: `no such entry; allowed: ${entries(tree)}` })
      return tree
    }
    const next = replace(entry, rest, value, problems)
    return { ...tree, list: tree.list.map((old) => (old === entry ? next : old)) }
  }
  const map = new Map(tree?.map)
  map.set(part, replace(map.get(part), rest, value, problems))
  return { place: tree?.map ? tree.place : value.place, map }
}

const entries = ({ list = [] }: Tree): string =>
  list.map((entry, i) => plain(entry.map?.get('name') ?? { ...entry, value: i })).join(', ')
