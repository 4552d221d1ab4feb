import { isAbsolute, resolve } from 'node:path'
import { problem } from '../errors.ts'

/** A `--target`, taken apart. */
export interface Target {
  /** The label, or the adapter's name: names the run's folder and stands in the report. */
  readonly label: string
  /** A name of the adapter table, or the absolute path of an adapter of one's own. */
  readonly adapter: string
  /** undefined for a bare name, a string for `=url`, parsed JSON for `:{…}`. */
  readonly options: unknown
  readonly text: string
}

const LABEL = /^([a-z0-9-]+)@/
const PATH = /^(.*?\.(?:ts|mts|js|mjs))(?::([\s\S]*))?$/
const NAME = /^([a-z][a-z0-9-]*)(?:(=|:)([\s\S]*))?$/

/** `[label@]name[=url | :json]` or `[label@]path.ts[:json]` (interfaces §2); paths resolve against `cwd`. */
export const parseTarget = (text: string, cwd: string): Target => {
  const refuse = (why: string, cause?: unknown) =>
    problem('TARGET_SYNTAX', { target: text, why }, cause)
  const json = (source: string): unknown => {
    try {
      return JSON.parse(source) as unknown
    } catch (error) {
      throw refuse(`what follows the colon is no JSON (${(error as Error).message})`, error)
    }
  }
  const label = LABEL.exec(text)?.[1]
  const rest = label === undefined ? text : text.slice(label.length + 1)
  const name = NAME.exec(rest)
  if (name) {
    const [, adapter, sign, value] = name
    if (sign !== undefined && value === '') throw refuse(`nothing follows the ${sign}`)
    const options = sign === '=' ? value : sign === ':' ? json(value!) : undefined
    return { label: label ?? adapter!, adapter: adapter!, options, text }
  }
  const path = PATH.exec(rest)
  if (!path && /\.[mc]?[jt]s=/.test(rest)) {
    throw refuse('the options of an adapter loaded by path are JSON behind a colon, not behind =')
  }
  if (!path) throw refuse('it is neither a name nor the path of a .ts, .mts, .js or .mjs file')
  const file = isAbsolute(path[1]!) ? path[1]! : resolve(cwd, path[1]!)
  const base = file.replace(/^.*\//, '').replace(/\.[a-z]+$/, '')
  const own = base.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  return {
    label: label ?? own,
    adapter: file,
    options: path[2] === undefined ? undefined : json(path[2]),
    text,
  }
}

/** All targets of a command; the same label twice is refused, since their runs could not be told apart. */
export const parseTargets = (texts: readonly string[], cwd: string): readonly Target[] => {
  const targets = texts.map((text) => parseTarget(text, cwd))
  const seen = new Set<string>()
  for (const target of targets) {
    if (seen.has(target.label)) {
      const why = `there are two targets "${target.label}"; give each a label of its own, as in first@${target.label}`
      throw problem('TARGET_SYNTAX', { target: target.text, why })
    }
    seen.add(target.label)
  }
  return targets
}
