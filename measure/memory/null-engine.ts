import { createHistory } from '../../harness/drive/folder/index.ts'
import { createEvents, type Events } from '../../harness/drive/sender/events.ts'
import {
  ABSENT,
  type Dataset,
  DELETE,
  MILLI,
  type Micros,
  NOT_SENT,
  OK,
  PROBE,
  type Row,
  SEARCH,
  SKIPPED,
  stream,
  type Trace,
  UPSERT,
  VIA_INDEX,
} from '../../harness/model/index.ts'

/** Nearest row-versions kept of each query, of which an answer takes those that are live. */
const DEPTH = 2_048
const FLUSH_EVERY = 250 * MILLI
const HARNESS = 40
const SERVICE = 2 * MILLI
/** A write is seen by searches from so long after it was due. */
const LAG = 20 * MILLI
/** One neighbour in so many is missed. */
const MISSED = 50

/**
 * Plays a trace against no engine at all, in virtual time: writes the history that an engine would leave which shows each write 20 ms
 * after it was due and misses one neighbour in fifty, through the recorder and the writer of a real run.
 */
export const writeHistory = (dir: string, trace: Trace, dataset: Dataset): void => {
  const { ops, meta } = trace
  const file = createHistory(dir, 0)
  const events = createEvents()
  const engine = nullEngine(trace, dataset)
  let flushed: Micros = 0
  for (let op = 0; op < ops.count; op++) {
    const at = ops.at[op]!
    if (at >= flushed + FLUSH_EVERY) {
      file.append(events.take(flushed))
      flushed = at
    }
    perform(trace, op, engine, events)
  }
  file.append(events.take(flushed))
  file.close(Math.max(meta.end, ops.at[ops.count - 1]! + SERVICE), false)
}

type NullEngine = ReturnType<typeof nullEngine>

const perform = ({ ops }: Trace, op: number, engine: NullEngine, events: Events): void => {
  const at = ops.at[op]!
  const space = ops.space[op]!
  const model = ops.model[op]!
  const sent = at + HARNESS
  const happened = { op, sent, done: sent + SERVICE, outcome: OK, via: VIA_INDEX, space, model }
  engine.advance(at)
  if (ops.kind[op] === SEARCH) {
    events.record({ ...happened, hits: engine.nearest(ops.query[op]!) })
  } else if (ops.kind[op] === PROBE) {
    if (engine.hasEnded(op)) events.notSent(op, space, model, SKIPPED, NOT_SENT.ended)
    else events.record({ ...happened, hits: engine.probe(op) })
  } else events.record(happened)
}

/** What is live now, and what is asked of it. */
const nullEngine = ({ ops, meta }: Trace, dataset: Dataset) => {
  const held = new Int32Array(dataset.rows).fill(-1).fill(0, 0, meta.preload)
  const near = nearestOf(dataset)
  const chance = stream(1, 'missed')
  const seen = new Uint8Array(ops.ids.length)
  let applied = 0
  const nearest = (query: number): Row[] => {
    const hits: Row[] = []
    for (let i = query * DEPTH; i < (query + 1) * DEPTH && hits.length < meta.scenario.k; i++) {
      const id = near[i]! % dataset.rows
      const version = Math.floor(near[i]! / dataset.rows)
      if (held[id] === version && chance.below(MISSED) > 0) hits.push({ id, version })
    }
    return hits
  }
  return {
    nearest,
    /** Applies the writes that are seen by now. */
    advance: (now: Micros): void => {
      for (; applied < ops.count && ops.at[applied]! + LAG <= now; applied++) {
        const kind = ops.kind[applied]!
        if (kind !== UPSERT && kind !== DELETE) continue
        for (let row = ops.rows[applied]!; row < ops.rows[applied + 1]!; row++) {
          held[ops.ids[row]!] = kind === DELETE ? -1 : ops.versions[row]!
        }
      }
    },
    /** The row's ladder has had its two answers. */
    hasEnded: (op: number): boolean => ops.watch[op] === 0 && seen[ops.rows[ops.of[op]!]!]! >= 2,
    probe: (op: number): Row[] => {
      const row = ops.rows[op]!
      const id = ops.ids[row]!
      const hits = nearest(id % dataset.models[0]!.queries.count)
      const isThere = held[id]! >= 0
      if (isThere !== (ops.expect[op] === ABSENT)) seen[ops.rows[ops.of[op]!]!]!++
      return isThere ? [{ id, version: held[id]! }, ...hits.slice(1)] : hits
    },
  }
}

/** The DEPTH nearest vectors of each query, nearest first, as places in the matrix. */
const nearestOf = (dataset: Dataset): Uint32Array => {
  const { vectors, queries } = dataset.models[0]!
  const rows = vectors.slice(0, vectors.count)
  const all = new Uint32Array(queries.count * DEPTH)
  const distance = new Float32Array(vectors.count)
  for (let query = 0; query < queries.count; query++) {
    const asked = queries.at(query).slice()
    for (let row = 0; row < vectors.count; row++) distance[row] = squared(asked, rows, row)
    const bound = boundOf(distance)
    const within: number[] = []
    for (let row = 0; row < distance.length; row++) if (distance[row]! <= bound) within.push(row)
    within.sort((a, b) => distance[a]! - distance[b]!)
    all.set(within.slice(0, DEPTH), query * DEPTH)
  }
  return all
}

/** A distance that about twice DEPTH of all do not exceed: estimated from every hundredth. */
const boundOf = (distance: Float32Array): number => {
  const sample = distance.filter((_, row) => row % 100 === 0).sort()
  const share = (2 * DEPTH) / distance.length
  return sample[Math.min(sample.length - 1, Math.ceil(share * sample.length))]!
}

const squared = (asked: Float32Array, rows: Float32Array, row: number): number => {
  const from = row * asked.length
  let sum = 0
  for (let i = 0; i < asked.length; i++) sum += (asked[i]! - rows[from + i]!) ** 2
  return sum
}
