import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { walkRunbook } from '../../compile/index.ts'
import { problem } from '../../errors.ts'
import type { Dataset, Id, Metric, RunbookStep } from '../../model/index.ts'
import { departureOf } from './agree.ts'
import { distanceOf, type Exact, exactOf } from './exact.ts'
import { draw } from './given.ts'
import { readTags, readTruth, type TruthFile } from './read.ts'

/** What the truth files of a runbook are held against. */
export interface Expected {
  readonly steps: readonly RunbookStep[]
  /** The rows that the runbook numbers, as the file has them. */
  readonly dataset: Dataset
  readonly metric: Metric
  /** So many queries of each step are looked at. */
  readonly sample: number
}

/** What became of the truth of one search step. */
export interface StepTruth {
  readonly step: number
  readonly file: string
  /** Null where the file is not there. */
  readonly queries: number | null
  readonly width: number
  /** Queries whose list leaves tag 0 out, though it belongs there: the tool that writes these files takes it for none. */
  readonly withoutZero: number
  /** What departs, in words, each with its query and place. */
  readonly departures: readonly string[]
}

interface Live {
  readonly ids: readonly Id[]
  readonly vector: (id: Id) => Float32Array
}

/**
 * Holds `step<N>.gt100` and `step<N>.tags` of a folder, N the number of a search step, against exact search over the
 * tags that are there at that step. Throws TRUTH_FILE if a file is damaged or none is there.
 */
export const stepTruths = (dir: string, expected: Expected): readonly StepTruth[] => {
  const { dataset, steps } = expected
  const { vectors } = dataset.models[0]!
  const found: StepTruth[] = []
  walkRunbook(steps, {
    done: ({ step, rowOf }) => {
      if (steps[step - 1]!.do !== 'search') return
      const file = join(dir, `step${step}.gt100`)
      if (!existsSync(file)) {
        found.push({ step, file, queries: null, width: 0, withoutZero: 0, departures: [] })
        return
      }
      const tags = Array.from({ length: dataset.rows }, (_, id) => id)
      const ids = tags.filter((id) => rowOf(id) !== undefined)
      found.push(compare(step, file, { ids, vector: (id) => vectors.at(rowOf(id)!) }, expected))
    },
  })
  if (found.some(({ queries }) => queries !== null)) return found
  const why = found[0] ? `there is no ${found[0].file}` : 'the runbook never searches'
  throw problem('TRUTH_FILE', { file: dir, offset: 0, why })
}

const compare = (
  step: number,
  file: string,
  live: Live,
  { dataset, metric, sample }: Expected,
): StepTruth => {
  const { queries } = dataset.models[0]!
  const truth = readTruth(file)
  if (truth.queries !== queries.count) {
    const why = `it answers ${truth.queries} queries, and there are ${queries.count}`
    throw problem('TRUTH_FILE', { file, offset: 0, why })
  }
  const drawn = draw(queries.count, sample)
  const asked = drawn.map((query) => queries.at(query).slice())
  const exact = exactOf(metric, live.ids, live.vector, asked, truth.width + 1)
  const there = new Set(live.ids)
  let withoutZero = 0
  const departures = drawn.flatMap((query, i) => {
    const { ids, distances } = rowOf(truth, query)
    const distance = (id: Id): number =>
      there.has(id) ? distanceOf(metric, asked[i]!, live.vector(id)) : Number.NaN
    const leavesOut = !ids.includes(0) && exact[i]!.id.subarray(0, truth.width).includes(0)
    if (leavesOut) withoutZero++
    const due = leavesOut ? without(0, exact[i]!) : exact[i]!
    const departure = departureOf(due, ids, distance, distances)
    return departure ? [`query ${query}, place ${departure.place}: ${departure.why}`] : []
  })
  const tags = tagDeparture(file.replace(/gt100$/, 'tags'), there)
  return {
    step,
    file,
    queries: drawn.length,
    width: truth.width,
    withoutZero,
    departures: tags === null ? departures : [tags, ...departures],
  }
}

const without = (tag: Id, { id, distance, scale }: Exact): Exact => ({
  id: id.filter((one) => one !== tag),
  distance: distance.filter((_, i) => id[i] !== tag),
  scale,
})

const rowOf = ({ width, ids, distances }: TruthFile, query: number) => ({
  ids: [...ids.subarray(query * width, (query + 1) * width)],
  distances: [...distances.subarray(query * width, (query + 1) * width)],
})

/** The tags file, where there is one, must hold the live tags, in any order. */
const tagDeparture = (file: string, there: ReadonlySet<Id>): string | null => {
  if (!existsSync(file)) return null
  const tags = readTags(file)
  const stranger = tags.findIndex((tag) => !there.has(tag))
  if (stranger >= 0)
    return `tags, place ${stranger}: tag ${tags[stranger]} is not there at this step`
  const listed = new Set(tags)
  const missing = [...there].find((id) => !listed.has(id))
  return missing === undefined ? null : `tags: tag ${missing} is there at this step, and not listed`
}

const SHOWN = 5

/** The outcome in lines for people. */
export const stepLines = (truths: readonly StepTruth[]): readonly string[] =>
  truths.flatMap(({ step, file, queries, width, withoutZero, departures }) => {
    const zero =
      withoutZero > 0 ? `; ${withoutZero} leave tag 0 out, as the reference tool does` : ''
    if (queries === null) return [`step ${step}: there is no ${file}`]
    if (departures.length === 0) {
      return [`step ${step}: the given truth agrees, ${queries} queries in ${width} places${zero}`]
    }
    const rest = departures.length - SHOWN
    return [
      `step ${step}: the given truth departs from exact search (${queries} queries looked at${zero})`,
      ...departures.slice(0, SHOWN).map((line) => `  step ${step}, ${line}`),
      ...(rest > 0 ? [`  and ${rest} more`] : []),
    ]
  })
