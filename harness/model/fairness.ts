import type { Facts } from './engine.ts'

/**
 * The levels that `describe` names, each before a colon and words of its own: `disk: the log is flushed before a write is applied`.
 * durability: what an acknowledgement has waited for (the words of a scenario's `client.durability`). acknowledgement: what it says,
 * that every later search may return the row, or only that the write is kept and will be applied. consistency: whether a
 * search sees everything that was acknowledged before it, all but the last moments, or what has come through.
 */
export const LEVELS = {
  durability: ['disk', 'memory'],
  acknowledgement: ['searchable', 'logged'],
  consistency: ['latest', 'bounded', 'eventual'],
} as const
export type Aspect = keyof typeof LEVELS
export const ASPECTS = Object.keys(LEVELS) as readonly Aspect[]

/** `level` is null where the adapter names none: its words, or their absence, are then all that is known. */
export interface Level {
  readonly level: string | null
  readonly words: string
}

export interface Difference {
  readonly setting: string
  readonly value: string
  /** Null where the adapter did not tell it apart from the value. */
  readonly usual: string | null
  readonly why: string | null
}

/** What a reader must know of an engine before its numbers are held against another's. */
export interface Fairness extends Readonly<Record<Aspect, Level>> {
  readonly system: string | null
  readonly version: string | null
  /** Why its numbers may not be compared; null where the adapter knows nothing against it. */
  readonly objection: string | null
  readonly transport: string | null
  /** Parameters of the index in the engine's own words, or as it was asked for them. */
  readonly index: string | null
  readonly effort: string | null
  readonly differs: readonly Difference[]
}

const DIFFERS = 'differs.'
const NOT_TOLD = 'not told'

/** The fact that a setting is not what it is by itself, and why; none where it is. */
export const differing = (
  setting: string,
  value: string | number | boolean,
  usual: string | number | boolean,
  why: string,
): Facts => (value === usual ? {} : { [DIFFERS + setting]: `${value}, not ${usual} (${why})` })

/** Reads the manifest of fairness out of what `describe` told (docs/interfaces.md §5). */
export const fairnessOf = (facts: Facts): Fairness => {
  const text = (key: string): string | null => {
    const fact = facts[key]
    return fact === null || fact === undefined ? null : String(fact)
  }
  const level = (aspect: Aspect): Level => levelOf(aspect, text(aspect))
  return {
    system: text('system'),
    version: text('version'),
    objection: objectionOf(facts.comparable),
    durability: level('durability'),
    acknowledgement: level('acknowledgement'),
    consistency: level('consistency'),
    transport: text('transport'),
    index: indexOf(facts),
    effort: text('effort') ?? text('ef'),
    differs: Object.entries(facts)
      .filter(([key]) => key.startsWith(DIFFERS))
      .map(([key, value]) => differenceOf(key.slice(DIFFERS.length), String(value))),
  }
}

const levelOf = (aspect: Aspect, fact: string | null): Level => {
  if (fact === null) return { level: null, words: NOT_TOLD }
  const [, name, words] = /^(\w+)(?:: (.+))?$/s.exec(fact) ?? []
  return LEVELS[aspect].some((known) => known === name)
    ? { level: name!, words: words ?? '' }
    : { level: null, words: fact }
}

const objectionOf = (comparable: Facts[string] | undefined): string | null => {
  if (comparable === undefined || comparable === null || comparable === true) return null
  return comparable === false ? 'not comparable' : String(comparable)
}

/** `index as understood` where the engine says it in one piece, else its kind and every `index.…` fact. */
const indexOf = (facts: Facts): string | null => {
  const told = facts['index as understood']
  if (told !== undefined && told !== null) return String(told)
  const { index } = facts
  if (index === undefined || index === null) return null
  const parameters = Object.entries(facts).flatMap(([key, value]) =>
    key.startsWith('index.') && value !== null ? `${key.slice('index.'.length)}=${value}` : [],
  )
  return [index, ...parameters].join(' ')
}

const differenceOf = (setting: string, text: string): Difference => {
  const [, value, usual, why] = /^(.*?), not (.*?) \((.*)\)$/s.exec(text) ?? []
  return value === undefined
    ? { setting, value: text, usual: null, why: null }
    : { setting, value, usual: usual!, why: why! }
}

/** Aspects in which some engines are not alike. Two that name no level are alike if their words are the same. */
export const unlikeIn = (all: readonly Fairness[]): readonly Aspect[] =>
  ASPECTS.filter(
    (aspect) =>
      new Set(all.map(({ [aspect]: { level, words } }) => level ?? `? ${words}`)).size > 1,
  )
