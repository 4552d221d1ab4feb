import { type Probing, probingOf, type View } from '../../analysis/index.ts'
import { KINDS, type Micros, NONE, OK, SEARCH, SKIPPED } from '../../model/index.ts'

/** Times of one sort, in the order in which their ops were due. */
export interface Series {
  readonly tag: string
  readonly count: number
  due(i: number): Micros
  /** +Infinity: it never ended. */
  value(i: number): Micros
  /** What stands in the log for a time that never ended. */
  readonly timeout: Micros
  readonly about: string
}

const TIMED = ['search', 'checkpoint', 'upsert', 'delete'] as const

/** Response and service time of each kind of op, and both ends of ingest-to-searchable and update-to-visible (definitions §1, §2). */
export const seriesOf = (view: View): readonly Series[] =>
  [...TIMED.flatMap((kind) => timesOf(view, kind)), ...visibilityOf(view, probingOf(view))].filter(
    ({ count }) => count > 0,
  )

const timesOf = (view: View, kind: (typeof TIMED)[number]): readonly Series[] => {
  const { ops, meta } = view.trace
  const { timeout } = meta.scenario.client
  const members = (isMember: (op: number) => boolean): Uint32Array =>
    Uint32Array.from(
      (function* () {
        for (let op = 0; op < ops.count; op++)
          if (kindOf(view, op) === kind && isMember(op)) yield op
      })(),
    )
  const offered = members((op) => view.outcomeOf(op) >= 0 && view.outcomeOf(op) !== SKIPPED)
  const answered = members((op) => view.outcomeOf(op) === OK)
  const due =
    (of: Uint32Array) =>
    (i: number): Micros =>
      ops.at[of[i]!]!
  return [
    {
      tag: `${kind}.response`,
      count: offered.length,
      due: due(offered),
      value: (i) =>
        view.outcomeOf(offered[i]!) === OK
          ? view.doneOf(offered[i]!) - ops.at[offered[i]!]!
          : Infinity,
      timeout,
      about: 'from the instant the op was due to its answer; failed and unknown ones never ended',
    },
    {
      tag: `${kind}.service`,
      count: answered.length,
      due: due(answered),
      value: (i) => view.doneOf(answered[i]!) - view.sentOf(answered[i]!),
      timeout,
      about: 'from sending to the answer, of those answered ok only',
    },
  ]
}

const kindOf = ({ trace: { ops } }: View, op: number): string =>
  ops.kind[op] === SEARCH && ops.checkpoint[op] !== NONE ? 'checkpoint' : KINDS[ops.kind[op]!]!

const visibilityOf = (view: View, { ladders, proven }: Probing): readonly Series[] => {
  const timeout = view.trace.meta.scenario.probes?.deadline ?? Infinity
  const ends = [
    ['lower', 'proven: not searchable before'],
    ['upper', 'proven: searchable by then; those not seen before the deadline never were'],
  ] as const
  return (['insert', 'update'] as const).flatMap((kind) => {
    const places = [...ladders.keys()]
      .filter((i) => ladders[i]!.kind === kind)
      .sort((a, b) => ladders[a]!.write.due - ladders[b]!.write.due)
    return ends.map(([end, about]) => ({
      tag: `${kind === 'insert' ? 'ingest-to-searchable' : 'update-to-visible'}.${end}`,
      count: places.length,
      due: (i: number) => ladders[places[i]!]!.write.due,
      value: (i: number) => proven[places[i]!]![end],
      timeout,
      about: `from the instant the write was due, probed writes; ${about}`,
    }))
  })
}
