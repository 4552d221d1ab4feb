import { problem } from '../errors.ts'
import { type Micros, type Rng, stream, type Writes } from '../model/index.ts'
import { DEFAULT_REST } from './meaning.ts'
import { type Migration, migrationOf, type Stage, type Turns } from './migration.ts'
import { INSERT, REMOVE, type Requests, UPDATE, WHAT } from './requests.ts'

/**
 * Plays the write requests and the re-embedding of all phases, in order of time, onto the rows, and appends the writes.
 * A request that finds too few rows to take is put off to the first instant at which enough have rested, so nothing
 * offered is lost. Throws SCENARIO_PICK if its phase ends before that, SCENARIO_REEMBED if rows are left at the end.
 */
export const runWorkload = (stage: Stage, requests: readonly Requests[]): Turns => {
  const migration = migrationOf(stage)
  requests.forEach((asked, phase) => {
    runPhase(stage, migration, asked, phase)
  })
  return migration.turns()
}

/** Requests put off, by what they do: those of one kind are alike, so a count is a queue. */
type Waiting = Record<typeof UPDATE | typeof REMOVE, number>

const runPhase = (stage: Stage, migration: Migration, asked: Requests, phase: number): void => {
  const { calendar, rows, scenario, seed } = stage
  const { from, to } = calendar.phases[phase]!
  const { writes } = scenario.phases[phase]!
  const picks = writes !== null && writes.mix.update + writes.mix.delete > 0
  rows.begin(
    picks ? writes.pick : null,
    writes?.rest ?? scenario.probes?.deadline ?? DEFAULT_REST,
    from,
  )
  const rng = stream(seed, 'pick', phase)
  const waiting: Waiting = { [UPDATE]: 0, [REMOVE]: 0 }
  let next = 0
  for (;;) {
    const request = next < asked.at.length ? asked.at[next]! : Number.POSITIVE_INFINITY
    const release =
      waiting[UPDATE] + waiting[REMOVE] > 0 ? rows.nextRelease() : Number.POSITIVE_INFINITY
    const now = Math.min(request, release, migration.next)
    if (now >= to) break
    rows.release(now)
    if (now === release) catchUp(stage, migration, waiting, phase, now, rng)
    else if (now !== request) migration.fill(phase)
    else {
      const what = asked.what[next++]!
      if (what === INSERT) write(stage, migration, what, phase, now, rng)
      else {
        waiting[what as keyof Waiting]++
        catchUp(stage, migration, waiting, phase, now, rng)
      }
    }
  }
  refuseStarved(stage, waiting, phase)
}

/** Does what waits and can now be done. */
const catchUp = (
  stage: Stage,
  migration: Migration,
  waiting: Waiting,
  phase: number,
  now: Micros,
  rng: Rng,
): void => {
  const { batch } = stage.scenario.phases[phase]!.writes!
  for (const what of [UPDATE, REMOVE] as const) {
    while (waiting[what] > 0 && stage.rows.available(WHAT[what]) >= batch) {
      waiting[what]--
      write(stage, migration, what, phase, now, rng)
    }
  }
}

/** One request of `batch` rows: an op in each collection it goes to. */
const write = (
  stage: Stage,
  migration: Migration,
  what: number,
  phase: number,
  now: Micros,
  rng: Rng,
): void => {
  const { batch } = stage.scenario.phases[phase]!.writes as Writes
  const ids: number[] = []
  for (let i = 0; i < batch; i++) ids.push(apply(stage, migration, what, now, rng))
  const at = stage.calendar.stretch(now)
  for (const space of migration.spaces(now)) {
    let begun = false
    for (const id of ids) {
      const version = versionIn(stage, migration, what, space, id)
      if (version === null) continue
      if (!begun) stage.writer.op(what, at, space, phase)
      begun = true
      stage.writer.row(id, version)
    }
  }
}

/** What a write leaves of a row in a collection; null where that collection does not hold the row yet. */
const versionIn = (
  { rows }: Stage,
  migration: Migration,
  what: number,
  space: number,
  id: number,
): number | null => {
  if (what === REMOVE) return 0
  return space === 0 ? rows.version(id) : migration.second(id, what === INSERT)
}

/** Changes the state of one row, and says which. */
const apply = (
  { rows }: Stage,
  migration: Migration,
  what: number,
  now: Micros,
  rng: Rng,
): number => {
  if (what === INSERT) return rows.insert(migration.modelOf(now), now)
  const id = rows.take(what === UPDATE ? 'update' : 'delete', rng)
  if (what === UPDATE) rows.revise(id, now)
  else rows.remove(id)
  return id
}

const refuseStarved = ({ rows, scenario }: Stage, waiting: Waiting, phase: number): void => {
  for (const what of [UPDATE, REMOVE] as const) {
    const count = waiting[what]
    if (count === 0) continue
    const { name, writes } = scenario.phases[phase]!
    const why =
      `a request takes ${writes!.batch} rows that have rested` +
      `${what === UPDATE ? ' and have a revision left' : ''}, and ${rows.available(WHAT[what])} are there`
    throw problem('SCENARIO_PICK', { phase: name, count, what: WHAT[what], why })
  }
}
