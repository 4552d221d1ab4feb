import type { RunbookStep } from '../../model/index.ts'
import { nearest } from '../nearest.ts'
import { type Problem, plain, type Tree } from '../source.ts'

export interface ReadStep {
  readonly step: RunbookStep
  /** The name of an operation that means nothing to a server. */
  readonly passedBy?: string
  readonly initial: number
}

const RANGE = ['start', 'end'] as const
const KEYS: Readonly<Record<string, readonly string[]>> = {
  insert: RANGE,
  initial: RANGE,
  batch_insert: RANGE,
  delete: RANGE,
  replace: ['tags_start', 'tags_end', 'ids_start', 'ids_end'],
  search: [],
  waitPending: [],
  startHPC: [],
  endHPC: [],
}
/** They size an index or start a pool of threads: steps in whose place nothing is asked. */
const NOTHING = ['startHPC', 'endHPC']

const WAIT: ReadStep = { step: { do: 'wait' }, initial: 0 }

/** Reads one step; what is wrong with it goes to `problems`, and it stands as a wait. Keys that it does not need are left unread. */
export const readStep = (tree: Tree, key: string, problems: Problem[]): ReadStep => {
  const tell = (at: Tree, text: string, under = ''): ReadStep => {
    problems.push({ ...at.place, key: key + under, text })
    return WAIT
  }
  const operation = tree.map?.get('operation')
  if (!operation) return tell(tree, 'allowed: a map with operation')
  const name = plain(operation)
  const needs = typeof name === 'string' && Object.hasOwn(KEYS, name) ? KEYS[name]! : null
  if (needs === null) {
    const known = Object.keys(KEYS)
    const text = `found ${JSON.stringify(name)}; allowed: ${known.join(' | ')}; nearest: ${nearest(String(name), known)}`
    return tell(operation, text, '.operation')
  }
  const before = problems.length
  const numbers = needs.map((need) => wholeAt(tree, need, (at, text) => tell(at, text, `.${need}`)))
  if (problems.length > before) return WAIT
  for (let i = 0; i < numbers.length; i += 2) {
    if (numbers[i]! < numbers[i + 1]!) continue
    return tell(
      tree,
      `${needs[i]} is ${numbers[i]}, and ${needs[i + 1]} ${numbers[i + 1]}: the range holds nothing`,
    )
  }
  if (name === 'search') return { step: { do: 'search' }, initial: 0 }
  if (NOTHING.includes(String(name))) return { ...WAIT, passedBy: String(name) }
  if (name === 'waitPending') return WAIT
  return ranged(String(name), numbers, tree, tell)
}

const ranged = (
  name: string,
  numbers: readonly number[],
  tree: Tree,
  tell: (at: Tree, text: string) => ReadStep,
): ReadStep => {
  const [start, end, from, to] = numbers as [number, number, number, number]
  if (name === 'delete') return { step: { do: 'delete', start, end }, initial: 0 }
  if (name === 'replace') {
    if (to - from === end - start) return { step: { do: 'replace', start, end, from }, initial: 0 }
    return tell(
      tree,
      `it replaces ${end - start} tags by ${to - from} rows; both ranges must be of one length`,
    )
  }
  const rate = name === 'batch_insert' ? tree.map!.get('eventRate') : undefined
  if (!rate) return { step: { do: 'insert', start, end }, initial: name === 'initial' ? end : 0 }
  const perSecond = plain(rate)
  if (typeof perSecond === 'number' && perSecond > 0 && Number.isFinite(perSecond)) {
    return { step: { do: 'insert', start, end, rate: perSecond }, initial: 0 }
  }
  return tell(rate, `eventRate is ${JSON.stringify(perSecond)}; allowed: rows a second, above 0`)
}

/** A whole number from 0 to 2^32 − 1 under a key of the step. */
const wholeAt = (tree: Tree, need: string, tell: (at: Tree, text: string) => unknown): number => {
  const at = tree.map!.get(need)
  const value = at && plain(at)
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32) return Number(value)
  tell(
    at ?? tree,
    `found ${at ? JSON.stringify(value) : 'nothing'}; allowed: a whole number, 0 or more`,
  )
  return 0
}
