import { type ParseArgsConfig, parseArgs } from 'node:util'
import { problem } from '../errors.ts'

/** What a verb may touch of the outside: where it writes, where the person stands, whether they watch. */
export interface Io {
  /** For machines: stdout. */
  out(text: string): void
  /** For people: stderr. */
  say(text: string): void
  /** Overwrites the line before it on a terminal; prints nothing elsewhere. */
  status(text: string): void
  readonly isTerminal: boolean
  /** Paths on the command line resolve against this folder. */
  readonly cwd: string
  /** The words after `driftmark`, as typed. */
  readonly words: readonly string[]
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}

type Options = NonNullable<ParseArgsConfig['options']>

export interface Verb {
  readonly name: string
  readonly about: string
  /** What follows the verb, as `--help` prints it. */
  readonly usage: string
  /** Option → its line of help; the same keys as `options`. */
  readonly help: Readonly<Record<string, string>>
  readonly example: string
  readonly options: Options
  /** Returns the exit code. */
  run(given: Given, io: Io): Promise<number>
}

export interface Given {
  readonly positionals: readonly string[]
  /** The options that were given. */
  readonly names: readonly string[]
  /** The last value of an option given, or undefined. */
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean
  /** A whole number from `from` on; anything else is refused by name. */
  whole(name: string, otherwise: number, from?: number): number
}

/** Takes the words after a verb apart; unknown options and missing values are USAGE errors. */
export const parseWords = (verb: Verb, words: readonly string[]): Given => {
  const { positionals, values } = (() => {
    try {
      return parseArgs({
        args: [...words],
        options: { ...verb.options, help: { type: 'boolean', short: 'h' } },
        allowPositionals: true,
        strict: true,
      })
    } catch (error) {
      throw problem('USAGE', { what: refusal(error), verb: verb.name }, error)
    }
  })()
  const all = values as Readonly<Record<string, unknown>>
  const texts = (name: string): string[] => {
    const value = all[name]
    return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]
  }
  const text = (name: string) => texts(name).at(-1)
  return {
    positionals,
    names: Object.keys(values),
    text,
    texts,
    flag: (name) => all[name] === true,
    whole: (name, otherwise, from = 0) => {
      const value = text(name)
      if (value === undefined) return otherwise
      if (!/^\d+$/.test(value) || Number(value) < from || Number(value) > Number.MAX_SAFE_INTEGER) {
        const what = `--${name} takes a whole number from ${from} on, not "${value}"`
        throw problem('USAGE', { what, verb: verb.name })
      }
      return Number(value)
    },
  }
}

/** What `parseArgs` refused, in one line. */
const refusal = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  const option = /^Option '(--[\w-]+)' argument is ambiguous/.exec(text)?.[1]
  if (option) return `${option} needs a value; one that begins with a dash is written ${option}=-…`
  return text.split('. ')[0]!
}

/** The text of `driftmark VERB --help`. */
export const helpOf = (verb: Verb): string => {
  const flags = Object.entries(verb.help).map(([name, line]) => {
    const takes = verb.options[name]?.type === 'string'
    return [`  --${name}${takes ? ' …' : ''}`, line] as const
  })
  const width = Math.max(0, ...flags.map(([flag]) => flag.length)) + 2
  return [
    `driftmark ${verb.name} ${verb.usage}`.trimEnd(),
    '',
    verb.about,
    ...(flags.length > 0 ? ['', ...flags.map(([flag, line]) => flag.padEnd(width) + line)] : []),
    '',
    `Example: ${verb.example}`,
    '',
  ].join('\n')
}

/** Refuses an option that says nothing about what is done: `known` are those that do, `about` is what it is. */
export const expectOptions = (
  verb: string,
  given: Given,
  known: readonly string[],
  about: string,
): void => {
  const odd = given.names.find((name) => !known.includes(name))
  if (odd === undefined) return
  throw problem('USAGE', { what: `--${odd} says nothing about ${about}`, verb })
}

/** Refuses a `--metric` that is none. */
export const expectMetric = (metric: string, verb: string): void => {
  if (['l2', 'cosine', 'ip'].includes(metric)) return
  throw problem('USAGE', { what: `--metric takes l2, cosine or ip, not "${metric}"`, verb })
}

/** Refuses too few or too many words after a verb. */
export const expectWords = (verb: Verb, given: Given, least: number, most: number): void => {
  const found = given.positionals.length
  if (found >= least && found <= most) return
  const what =
    found < least
      ? `${verb.name} needs ${verb.usage.split(' ')[0]}`
      : `${given.positionals[most]} is one word too many`
  throw problem('USAGE', { what, verb: verb.name })
}
