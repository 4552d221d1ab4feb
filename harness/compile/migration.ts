import { problem } from '../errors.ts'
import { type Id, type Micros, type Scenario, SECOND, versionOf } from '../model/index.ts'
import type { Calendar } from './calendar.ts'
import { CREATE_LEAD } from './meaning.ts'
import { type Backfill, backfillOf } from './reembed.ts'
import { INSERT, UPDATE } from './requests.ts'
import type { RowState } from './rows.ts'
import type { Writer } from './write-log.ts'

/** What the workload is played on. */
export interface Stage {
  readonly scenario: Scenario
  readonly calendar: Calendar
  readonly revisions: number
  readonly seed: number
  readonly rows: RowState
  readonly writer: Writer
}

/** What the rest of the trace must know of a re-embedding. Workload time; Infinity = never. */
export interface Turns {
  /** From when on queries are asked by the new model (in place). */
  readonly queries: Micros
  /** The second collection is created; new rows and deletes go to both after this. */
  readonly create: Micros
  readonly swap: Micros
  /** The first collection is dropped; writes go to the second alone from then on. */
  readonly drop: Micros
}

/** A re-embedding beside the workload (interfaces §1, Re-embedding). */
export interface Migration {
  /** When the next row is due; Infinity when there is none. */
  readonly next: Micros
  /** Writes the row that is due at `next`, or moves `next` to where one will have rested. */
  fill(phase: number): void
  /** The model that a new row of the first collection is embedded by. */
  modelOf(at: Micros): number
  /**
   * The version that the second collection gets beside the first: null if it holds no such row and `fresh` is
   * false.
   */
  second(id: Id, fresh: boolean): number | null
  /** Which collections a write at this instant goes to. */
  spaces(at: Micros): readonly number[]
  /** Throws SCENARIO_REEMBED if rows are left. */
  turns(): Turns
}

const NEVER = Number.POSITIVE_INFINITY
const STILL: Turns = { queries: NEVER, create: NEVER, swap: NEVER, drop: NEVER }

/** The re-embedding of a scenario; where it has none, nothing is ever due. */
export const migrationOf = (stage: Stage): Migration => {
  const { calendar, scenario, rows, seed } = stage
  const { reembed } = scenario
  if (!reembed) {
    return {
      next: NEVER,
      fill: () => {},
      modelOf: () => 1,
      second: () => null,
      spaces: () => [0],
      turns: () => STILL,
    }
  }
  const start = calendar.measured + reembed.at
  if (reembed.style === 'blue-green') return blueGreen(stage, reembed.to, start)
  const backfill = backfillOf(reembed, start, rows, seed, (id) => rows.model(id) === reembed.to)
  let last = start
  return {
    get next() {
      return backfill.next
    },
    fill: (phase) => {
      const due = Math.floor(backfill.next)
      const id = backfill.take()
      if (id === null) return
      last = due
      rows.reembed(id, reembed.to, due)
      stage.writer.op(UPDATE, calendar.stretch(due), 0, phase)
      stage.writer.row(id, rows.version(id))
    },
    modelOf: (at) => (at >= start ? reembed.to : 1),
    second: () => null,
    spaces: () => [0],
    turns: () => {
      refuseUnfinished(stage, backfill, start)
      return { ...STILL, queries: reembed.queries === 'start' ? start : last }
    },
  }
}

const blueGreen = (stage: Stage, to: number, start: Micros): Migration => {
  const { calendar, scenario, revisions, rows, seed, writer } = stage
  const control = (action: string): Micros | undefined => controlAt(scenario, calendar, action)
  const create = control('create') ?? start - CREATE_LEAD
  const drop = control('drop') ?? NEVER
  const held = new Set<Id>()
  const backfill = backfillOf(scenario.reembed!, start, rows, seed, (id) => held.has(id))
  const version = (id: Id): number => versionOf(to, rows.revision(id), revisions)
  let last = start
  return {
    get next() {
      return backfill.next
    },
    fill: (phase) => {
      const due = Math.floor(backfill.next)
      const id = backfill.take()
      if (id === null) return
      last = due
      held.add(id)
      rows.reembed(id, 1, due)
      writer.op(INSERT, calendar.stretch(due), 1, phase)
      writer.row(id, version(id))
    },
    modelOf: () => 1,
    second: (id, fresh) => {
      if (fresh) held.add(id)
      return held.has(id) ? version(id) : null
    },
    spaces: (at) => (at <= create ? [0] : at < drop ? [0, 1] : [1]),
    turns: () => {
      refuseUnfinished(stage, backfill, start)
      const swap = Math.max(control('swap') ?? last, last)
      if (drop < swap) throw problem('SCENARIO_DROP', { swap: swap / SECOND, drop: drop / SECOND })
      return { queries: NEVER, create, swap, drop }
    },
  }
}

/**
 * A control moves the `create` or `swap` that a re-embedding would set by itself; a swap comes no earlier than the last backfill write.
 */
const controlAt = (
  { phases }: Scenario,
  calendar: Calendar,
  action: string,
): Micros | undefined => {
  const found = phases.flatMap(({ control }, i) =>
    control.filter((one) => one.do === action).map(({ at }) => calendar.phases[i]!.from + at),
  )
  return found[0]
}

const refuseUnfinished = (
  { calendar, scenario }: Stage,
  { written, left }: Backfill,
  start: Micros,
): void => {
  const rested = left().toSorted((a, b) => b - a)
  if (rested.length === 0) return
  const { end } = calendar
  // The i + 1 rows that rest last must all be written after the instant rested[i], and all rows after the start.
  const rates = rested.map((from, i) => ((i + 1) * SECOND) / (end - from))
  const whole = ((written + rested.length) * SECOND) / (end - start)
  const possible = rested[0]! < end && start < end
  const needed = Math.ceil(1.01 * rates.reduce((most, rate) => Math.max(most, rate), whole))
  const cure = possible
    ? `a rate of ${Math.max(needed, Math.ceil(scenario.reembed!.rate) + 1)}/s would do`
    : 'no rate would do, for some begin to rest too late: begin earlier, or lengthen the last phase'
  throw problem('SCENARIO_REEMBED', { count: rested.length, cure })
}
