import { checkpointSource, liveRows, viewOf } from '../analysis/index.ts'
import { readHistory, type Session } from '../drive/index.ts'
import {
  type Dataset,
  type Id,
  type Manifest,
  PROBE,
  type Row,
  type Samples,
  SEARCH,
  type Trace,
} from '../model/index.ts'

/** The rows that were probed, by space, each at the last version that a probe asked for. */
export const probedRows = ({ ops, meta }: Trace): readonly (readonly Row[])[] => {
  const bySpace = meta.spaces.map(() => new Map<Id, Row>())
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) continue
    const row = ops.rows[op]!
    const id = ops.ids[row]!
    bySpace[ops.space[op]!]!.set(id, { id, version: ops.versions[row]! })
  }
  return bySpace.map((rows) => [...rows.values()])
}

/** What a rebuild control needs besides the session. */
interface Controls {
  readonly trace: Trace
  readonly dataset: Dataset
  readonly dir: string
  readonly interrupted: AbortSignal
  readonly told: (line: string) => void
}

/**
 * The rebuild controls (definitions §3, Drift): the live rows of each marked checkpoint, as the history knows them, in fresh
 * collections of the same engine, asked the same queries.
 */
export const rebuildControls = async (session: Session, controls: Controls): Promise<void> => {
  const { trace, dataset, dir } = controls
  const options = trace.meta.scenario.checkpoints
  const marked = trace.meta.checkpoints.flatMap(({ rebuild }, i) => (rebuild ? [i] : []))
  if (!options || marked.length === 0) return
  const history = await readHistory(dir)
  const view = viewOf({
    trace,
    history,
    dataset,
    after: null,
    manifest: NO_MANIFEST,
    samples: NO_SAMPLES,
  })
  for (const checkpoint of marked) {
    const source = checkpointSource(view, checkpoint)
    if (source === null) continue
    const rows = liveRows(view, source.space, source.at)
    for (let rebuild = 0; rebuild < options.rebuilds; rebuild++) {
      if (controls.interrupted.aborted) return
      controls.told(`rebuild control of checkpoint ${checkpoint + 1}: ${rows.ids.length} rows`)
      const { space, model } = source
      const queries = queriesAt(trace, checkpoint)
      await session.rebuild({
        checkpoint,
        rebuild,
        space,
        model,
        rows,
        queries,
        efforts: options.efforts,
      })
    }
  }
}

/** The queries that a checkpoint asked, each once. */
const queriesAt = ({ ops }: Trace, checkpoint: number): Uint32Array => {
  const asked = new Set<number>()
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] === SEARCH && ops.checkpoint[op] === checkpoint) asked.add(ops.query[op]!)
  }
  return Uint32Array.from(asked)
}

/** The live rows are a matter of trace and history alone. */
const NO_MANIFEST = {} as Manifest
const NO_SAMPLES: Samples = {
  count: 0,
  at: new Float64Array(0),
  name: new Uint16Array(0),
  value: new Float64Array(0),
  names: [],
}
