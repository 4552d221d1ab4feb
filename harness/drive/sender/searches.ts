import {
  ABSENT,
  type Engine,
  FAIL,
  type Hit,
  NONE,
  NOT_SENT,
  OK,
  type Row,
  UNKNOWN,
  VIA_EXACT,
  VIA_INDEX,
} from '../../model/index.ts'
import { perturbed } from '../perturb.ts'
import { type Flight, flightOf } from './flights.ts'
import { malformed, NOT_OPEN, searchFailure } from './outcome.ts'
import { vectorOf } from './spaces.ts'
import { land, type Stage } from './stage.ts'

export interface Searches {
  search(op: number): void
  /** A probe that its ladder lets go. */
  probe(op: number): void
}

/** Performs searches and probes. At the in-flight cap they fail as shed; an exact check is not begun there. */
export const createSearches = (stage: Stage): Searches => {
  const { bench, trace, clock, flights, board, events, ladders, routes, queries } = stage
  const { ops } = trace
  const { timeout, inFlight } = trace.meta.scenario.client

  /** Takes a place for an op, or says why it cannot be sent now. */
  const obstacle = (engine: Engine | null): string | null => {
    if (engine === null) return NOT_OPEN
    return board.take(inFlight) ? null : NOT_SENT.shed
  }
  const search = (op: number): void => {
    const { engine, space, model } = routes.searchRoute(ops.model[op]!, ops.space[op]!)
    const why = obstacle(engine)
    if (why !== null) {
      events.notSent(op, space, model, FAIL, why)
      return
    }
    const vector = queries[model - 1]![ops.query[op]!]!
    const k = ops.k[op]!
    const effort = ops.effort[op] === NONE ? undefined : ops.effort[op]!
    const flight = flightOf(op, VIA_INDEX, space, model, timeout)
    ask(flight, (signal) => engine!.search(vector, k, signal, effort))
  }

  const probe = (op: number): void => {
    const space = ops.space[op]!
    const engine = routes.space(space)?.searcher ?? null
    const why = obstacle(engine)
    if (why !== null) {
      events.notSent(op, space, ops.model[op]!, FAIL, why)
      ladders.answered(op, null)
      return
    }
    const row = rowOf(op)
    const vector = perturbed(vectorOf(bench, row), ops.perturb[op]!)
    const limit = ladders.timeout(op, clock.now())
    const flight = flightOf(op, VIA_INDEX, space, ops.model[op]!, limit)
    const k = ops.k[op]!
    ask(
      flight,
      (signal) => engine!.search(vector, k, signal),
      (hits) => {
        const returned = hits === null ? null : hits.some((hit) => isHit(hit, row, ops.expect[op]!))
        ladders.answered(op, returned)
        if (returned === false && ops.exact[op] === 1) exact(op, engine!, vector)
      },
    )
  }

  const exact = (op: number, engine: Engine, vector: Float32Array): void => {
    if (engine.exact === undefined || !board.take(inFlight)) return
    const flight = flightOf(op, VIA_EXACT, ops.space[op]!, ops.model[op]!, timeout)
    ask(flight, (signal) => engine.exact!(vector, ops.k[op]!, signal))
  }

  const ask = (
    flight: Flight,
    call: (signal: AbortSignal) => Promise<readonly Hit[]>,
    then: (hits: readonly Hit[] | null) => void = ignore,
  ): void =>
    flights.send(flight, call, {
      answered: (hits, done) => {
        const wrong = malformed(hits)
        land(
          stage,
          flight,
          done,
          wrong === null ? { outcome: OK, hits } : { outcome: FAIL, error: wrong },
        )
        then(wrong === null ? hits : null)
      },
      failed: (error, done) => {
        land(stage, flight, done, searchFailure(error))
        then(null)
      },
      late: (done, error) => {
        land(stage, flight, done, { outcome: UNKNOWN, error })
        then(null)
      },
    })

  const rowOf = (op: number): Row => {
    const place = ops.rows[op]!
    return { id: ops.ids[place]!, version: ops.versions[place]! }
  }
  return { search, probe }
}

const ignore = (): void => {}

/** The row was returned: by its id, and by its version where the engine sends one; a deleted row by its id, in any version. */
const isHit = (hit: Hit, { id, version }: Row, expect: number): boolean =>
  hit.id === id && (expect === ABSENT || hit.version === undefined || hit.version === version)
