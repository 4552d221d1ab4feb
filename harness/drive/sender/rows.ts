import {
  type Dataset,
  type Micros,
  modelOf,
  type OpColumns,
  PROBE,
  revisionOf,
  SECOND,
  UPSERT,
} from '../../model/index.ts'

/** Rows are read so long before they are due; a sender that sleeps wakes twice in that time, and a disk answers sooner. */
export const AHEAD: Micros = SECOND / 2

/** Reads rows ahead of the ops that send them, so that no op waits for the disk. */
export interface RowReader {
  /** Begins to read the rows of all ops that are due within AHEAD of `now`. */
  advance(now: Micros): void
}

/**
 * The rows of upserts and probes, in the order of the trace. Nothing is done where every row is in memory.
 *
 * @param share the ops of this sender; null = all
 */
export const createRowReader = (
  { models, rows, revisions }: Dataset,
  ops: OpColumns,
  share: Uint32Array | null,
): RowReader => {
  if (models.every(({ vectors }) => vectors.ahead === undefined)) return IN_MEMORY
  const count = share?.length ?? ops.count
  let next = 0
  const read = (op: number): void => {
    if (ops.kind[op] !== UPSERT && ops.kind[op] !== PROBE) return
    for (let place = ops.rows[op]!; place < ops.rows[op + 1]!; place++) {
      const version = ops.versions[place]!
      const { vectors } = models[modelOf(version, revisions) - 1]!
      void vectors.ahead?.(revisionOf(version, revisions) * rows + ops.ids[place]!)
    }
  }
  return {
    advance: (now) => {
      for (; next < count; next++) {
        const op = share?.[next] ?? next
        if (ops.at[op]! > now + AHEAD) return
        read(op)
      }
    },
  }
}

const IN_MEMORY: RowReader = { advance: () => {} }
