import { createHash } from 'node:crypto'
import type { Dataset, DatasetSource, Id, Vectors, Version } from '../../harness/model/index.ts'
import { blocksOf } from '../fingerprint.ts'

/** Which row of the base each version of an id is: version v of id i is row i, unless it is in this table. */
export interface Revisions {
  readonly revisions: number
  readonly id: Uint32Array
  readonly version: Uint32Array
  readonly row: Uint32Array
}

interface RunbookSource extends DatasetSource {
  readonly kind: 'runbook'
  readonly base: DatasetSource
  readonly fingerprint: string
  readonly revisions: number
  /** Places r · rows + i of model 1's vectors that are another row of the base than i, ascending, and that row. */
  readonly places: Float64Array
  readonly row: Uint32Array
}

/**
 * A dataset of one revision seen as one of several: what a runbook stores under an id at a version (definitions §7).
 * Nothing is copied. The fingerprint covers that of the base and the table.
 */
export const withRevisions = (base: Dataset, table: Revisions): Dataset => {
  const place = (i: number): number => table.version[i]! * base.rows + table.id[i]!
  const order = Uint32Array.from(table.id, (_, i) => i).sort((a, b) => place(a) - place(b))
  const places = Float64Array.from(order, place)
  const row = Uint32Array.from(order, (i) => table.row[i]!)
  const { revisions } = table
  const hash = createHash('sha256')
  hash.update(JSON.stringify({ format: 'driftmark-runbook/1', base: base.fingerprint, revisions }))
  for (const { buffer } of [places, row]) for (const bytes of blocksOf(buffer)) hash.update(bytes)
  const fingerprint = `sha256:${hash.digest('hex')}`
  const source: RunbookSource = {
    kind: 'runbook',
    base: base.source,
    fingerprint,
    revisions,
    places,
    row,
  }
  return overlaid(base, source)
}

/** The dataset that a source of kind `runbook` describes. */
export const fromRunbook = (
  source: DatasetSource,
  reopen: (source: DatasetSource) => Dataset,
): Dataset => {
  const own = source as RunbookSource
  return overlaid(reopen(own.base), own)
}

const overlaid = (base: Dataset, source: RunbookSource): Dataset => {
  const { fingerprint, revisions } = source
  const [first] = base.models
  const { text, origin, ...rest } = base
  const rowOf = (id: Id, version: Version): number => lookUp(source, version * base.rows + id) ?? id
  const vectors = seenThrough(first!.vectors, base.rows, revisions, rowOf)
  return { ...rest, fingerprint, revisions, models: [{ ...first!, vectors }], source }
}

const seenThrough = (
  base: Vectors,
  rows: number,
  revisions: number,
  rowOf: (id: Id, version: Version) => number,
): Vectors => {
  const { dimensions } = base
  const baseRow = (index: number): number => rowOf(index % rows, Math.floor(index / rows))
  return {
    count: rows * revisions,
    dimensions,
    at: (index) => base.at(baseRow(index)),
    slice: (from, to) => {
      const values = new Float32Array((to - from) * dimensions)
      for (let index = from; index < to; ) {
        const start = baseRow(index)
        let end = index + 1
        while (end < to && baseRow(end) === start + end - index) end++
        values.set(base.slice(start, start + end - index), (index - from) * dimensions)
        index = end
      }
      return values
    },
  }
}

const lookUp = ({ places, row }: RunbookSource, place: number): number | undefined => {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (places[middle]! < place) low = middle + 1
    else high = middle
  }
  return places[low] === place ? row[low] : undefined
}
