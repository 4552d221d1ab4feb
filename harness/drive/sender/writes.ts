import { DELETE, FAIL, type Id, NOT_SENT, OK, UNKNOWN, VIA_INDEX } from '../../model/index.ts'
import { findCreates } from './board.ts'
import { flightOf } from './flights.ts'
import { NOT_OPEN, writeFailure } from './outcome.ts'
import { storedOf } from './spaces.ts'
import { land, type Stage } from './stage.ts'

/**
 * Performs upserts and deletes. At the in-flight cap they fail as shed. A write into a collection whose `create` is not answered yet is
 * on its way from its due instant and reaches the engine when the collection is open: the engine is what it waits for.
 */
export const createWrites = (stage: Stage): ((op: number) => void) => {
  const { bench, trace, flights, board, events, ladders, routes } = stage
  const { ops } = trace
  const { timeout, inFlight } = trace.meta.scenario.client
  const creates = findCreates(ops, trace.meta.spaces.length)

  const idsOf = (op: number): readonly Id[] =>
    Array.from(ops.ids.subarray(ops.rows[op]!, ops.rows[op + 1]!))
  const callOf = (op: number, writer: NonNullable<ReturnType<typeof routes.space>>['writer']) => {
    const from = ops.rows[op]!
    const ids = idsOf(op)
    if (ops.kind[op] === DELETE) return (signal: AbortSignal) => writer.delete(ids, signal)
    const rows = ids.map((id, i) => storedOf(bench, { id, version: ops.versions[from + i]! }))
    return (signal: AbortSignal) => writer.upsert(rows, signal)
  }

  const whenOpen = (op: number, space: number) => async (signal: AbortSignal) => {
    const { writer } = await routes.whenOpen(space)
    signal.throwIfAborted()
    await callOf(op, writer)(signal)
  }

  return (op) => {
    const space = ops.space[op]!
    const target = routes.space(space)
    const isOpen = target !== undefined || creates[space]! < op
    if (!isOpen || !board.take(inFlight)) {
      const why = isOpen ? NOT_SENT.shed : NOT_OPEN
      events.notSent(op, space, ops.model[op]!, FAIL, why)
      routes.writeSettled(op)
      return
    }
    const flight = flightOf(op, VIA_INDEX, space, ops.model[op]!, timeout)
    const call = target ? callOf(op, target.writer) : whenOpen(op, space)
    flights.send(flight, call, {
      answered: (_, done) => {
        land(stage, flight, done, { outcome: OK })
        ladders.acknowledged(op)
        routes.writeSettled(op)
      },
      failed: (error, done) => {
        land(stage, flight, done, writeFailure(error, idsOf(op)))
        routes.writeSettled(op)
      },
      late: (done, error) => {
        land(stage, flight, done, { outcome: UNKNOWN, error })
        routes.writeSettled(op)
      },
    })
  }
}
