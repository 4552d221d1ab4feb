import { checkpointSource, liveRows, type View, viewOf } from '../analysis/index.ts'
import { readHistory, type Session } from '../drive/index.ts'
import {
  type Dataset,
  FAIL,
  type Id,
  type Manifest,
  PROBE,
  type Row,
  type Samples,
  SEARCH,
  type Trace,
  type Version,
} from '../model/index.ts'

/** Trace and history of a run that has just been played, joined; nothing was asked after it yet. */
export const viewAfter = (trace: Trace, dataset: Dataset, dir: string): View => {
  const history = readHistory(dir)
  const nothing = { after: null, manifest: NO_MANIFEST, samples: NO_SAMPLES }
  return viewOf({ trace, history, dataset, ...nothing })
}

/**
 * The rows that were probed, by space, each at the version of its last upsert that did not fail: by whose vector an engine without `get` is
 * asked for it.
 */
export const probedRows = (view: View): readonly (readonly Row[])[] => {
  const { ops, meta } = view.trace
  const bySpace = meta.spaces.map(() => new Map<Id, Row>())
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== PROBE) continue
    const row = ops.rows[op]!
    const id = ops.ids[row]!
    bySpace[ops.space[op]!]!.set(id, { id, version: ops.versions[row]! })
  }
  return bySpace.map((rows, space) =>
    Array.from(rows.values(), ({ id, version }) => ({
      id,
      version: lastVersion(view, space, id) ?? version,
    })),
  )
}

const lastVersion = (view: View, space: number, id: Id): Version | undefined =>
  view.writesOf(space, id).findLast(({ version, outcome }) => version >= 0 && outcome !== FAIL)
    ?.version

/** What a rebuild control needs besides the session. */
interface Controls {
  readonly view: View
  readonly interrupted: AbortSignal
  readonly told: (line: string) => void
}

/**
 * The rebuild controls (definitions §3, Drift): the live rows of each marked checkpoint, as the history knows them, in fresh
 * collections of the same engine, asked the same queries.
 */
export const rebuildControls = async (session: Session, controls: Controls): Promise<void> => {
  const { view } = controls
  const { trace } = view
  const options = trace.meta.scenario.checkpoints
  const marked = trace.meta.checkpoints.flatMap(({ rebuild }, i) => (rebuild ? [i] : []))
  if (!options || marked.length === 0) return
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
