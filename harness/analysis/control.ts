import { NONE } from '../model/index.ts'
import { firstHits } from './answer.ts'
import { bracketerOf } from './bracket.ts'
import { checkpointSource, type LiveRows, liveRows } from './live.ts'
import { oracleOf, rankingsOf } from './oracle.ts'
import { mean } from './sample.ts'
import type { View } from './view.ts'
import type { Windows } from './windows.ts'

/** Recall of the rebuilds of one checkpoint's live rows. */
export interface Control {
  /** Mean recall of each rebuild. */
  readonly means: readonly number[]
  /** Query → its recall, averaged over the rebuilds. */
  readonly byQuery: ReadonlyMap<number, number>
}

/**
 * The rebuild control of a checkpoint (definitions §3, drift): truth is exact search over the rows that were loaded, which nothing
 * changes. Null where none was asked at this effort; none given = the scenario's own, `index.ef`.
 */
export const controlOf = (view: View, checkpoint: number, effort: number): Control | null => {
  const rebuilds = view.run.after?.rebuilds
  const source = checkpointSource(view, checkpoint)
  if (!rebuilds || !source) return null
  const { k, index } = view.trace.meta.scenario
  const named = (asked: number): number => (asked === NONE ? Number(index.ef) : asked)
  const asked = Array.from({ length: rebuilds.count }, (_, i) => i).filter(
    (i) =>
      rebuilds.checkpoint[i] === checkpoint && Object.is(named(rebuilds.effort[i]!), named(effort)),
  )
  if (asked.length === 0) return null
  const rows = liveRows(view, source.space, source.at)
  const windows = standing(rows, source.space, view.run.dataset.rows)
  const bracketer = bracketerOf(windows)
  const queries = [...new Set(asked.map((i) => rebuilds.query[i]!))]
  const place = new Map(queries.map((query, at) => [query, at]))
  const rankings = rankingsOf(oracleOf(view, windows), source.model, queries, 4 * k)
  const recalls = asked.map((i) => {
    const answer = { from: 0, to: 0, k, ...firstHits(rebuilds, i, k) }
    const query = rebuilds.query[i]!
    const { high } = bracketer.bracket(answer, rankings, place.get(query)!)
    return { query, rebuild: rebuilds.rebuild[i]!, recall: high }
  })
  const meanBy = (key: 'query' | 'rebuild'): Map<number, number> => {
    const groups = Map.groupBy(recalls, (one) => one[key])
    return new Map([...groups].map(([of, all]) => [of, mean(all.map(({ recall }) => recall))]))
  }
  return { means: [...meanBy('rebuild').values()], byQuery: meanBy('query') }
}

/** A collection that holds these rows for ever. */
const standing = ({ ids, versions }: LiveRows, space: number, rows: number): Windows => {
  const start = new Uint32Array(rows + 1)
  for (const id of ids) start[id + 1] = 1
  for (let id = 0; id < rows; id++) start[id + 1]! += start[id]!
  return {
    space,
    count: ids.length,
    start,
    id: ids,
    version: Int32Array.from(versions),
    from: new Float64Array(ids.length).fill(-Infinity),
    to: new Float64Array(ids.length).fill(Infinity),
    op: new Int32Array(ids.length).fill(-1),
  }
}
