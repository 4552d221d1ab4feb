import type { CheckResult, Figure, Findings, Limit } from '../model/index.ts'

/**
 * Holds findings against limits (interfaces §4). The number at a limit's path decides; null is unknown, Infinity
 * compares as infinity. `low` and `high` are only shown: from the 95 % interval of that quantile, or from the interval
 * or bracket that the number belongs to.
 */
export const checksOf = (findings: object, limits: readonly Limit[]): readonly CheckResult[] =>
  limits.map((limit) => {
    const { holder, key } = locate(findings, limit.path)
    const value = figureOf(holder?.[key])
    return {
      limit: limit.text,
      value,
      ...shown(holder, key),
      outcome: value === null ? 'unknown' : holds(value, limit) ? 'pass' : 'fail',
    }
  })

/** Invalid or incomplete: unknown; else any fail: fail; else any unknown: unknown; else pass. */
export const verdictOf = (valid: boolean, checks: readonly CheckResult[]): Findings['verdict'] => {
  if (!valid) return 'unknown'
  const outcomes = checks.map(({ outcome }) => outcome)
  return outcomes.includes('fail') ? 'fail' : outcomes.includes('unknown') ? 'unknown' : 'pass'
}

const COMPARE: Readonly<Record<Limit['comparison'], (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '==': (value, bound) => value === bound,
  '!=': (value, bound) => value !== bound,
}

const holds = (value: number, { comparison, bound }: Limit): boolean =>
  COMPARE[comparison](value, bound)

interface Holder {
  readonly [key: string]: unknown
}

/** The object that holds the last part of a dotted path, and that part. Lists go by index or by `name`; a name may hold dots. */
const locate = (findings: object, path: string): { holder: Holder | null; key: string } => {
  let holder: Holder | null = findings as Holder
  let rest = path
  while (holder !== null) {
    const key: string = Array.isArray(holder) ? entryName(holder, rest) : rest.split('.', 1)[0]!
    if (key.length >= rest.length) return { holder, key: rest }
    holder = childOf(holder, key)
    rest = rest.slice(key.length + 1)
  }
  return { holder, key: rest }
}

/** The part of the path that names an entry of a list: the longest of the names that it begins with, else its first part. */
const entryName = (list: readonly Holder[], path: string): string =>
  list
    .map(({ name }) => String(name))
    .filter((name) => path.startsWith(`${name}.`))
    .reduce((longest, name) => (name.length > longest.length ? name : longest), '') ||
  path.split('.', 1)[0]!

const childOf = (holder: Holder, key: string): Holder | null => {
  const child = Array.isArray(holder)
    ? (holder.find(({ name }) => name === key) ?? holder[Number(key)])
    : holder[key]
  return typeof child === 'object' && child !== null ? (child as Holder) : null
}

const figureOf = (value: unknown): Figure =>
  typeof value === 'number' && !Number.isNaN(value) ? value : null

const shown = (holder: Holder | null, key: string): { low: Figure; high: Figure } => {
  const interval = (holder?.ci95 as { [quantile: string]: readonly Figure[] } | undefined)?.[key]
  if (interval) return { low: figureOf(interval[0]), high: figureOf(interval[1]) }
  if (['value', 'low', 'high'].includes(key)) {
    return { low: figureOf(holder?.low), high: figureOf(holder?.high) }
  }
  return { low: null, high: null }
}
