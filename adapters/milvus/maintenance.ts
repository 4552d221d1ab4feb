import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import type { Evidence } from './evidence.ts'
import { RATE_LIMIT, unsure } from './outcome.ts'

/** Between two looks at what is missing, ms. */
const PAUSE = 100
/** Milvus takes one flush of a collection in ten seconds (quotaAndLimits.flushRate): a flush that is too early waits. */
const FLUSH_PAUSE = 1_000

interface Flushed {
  readonly coll_segIDs: Readonly<Record<string, { readonly data: readonly number[] }>>
  readonly coll_flush_ts?: Readonly<Record<string, number>>
}

type Asked = Pick<Connection, 'ask' | 'answered'>

/**
 * Seals what is growing, and waits until it is stored; before, until what this connection sent is answered: milvus-lite stores a write that a flush
 * overtakes out of order, and refuses the next flush. `name`: the collection itself, no alias.
 */
export const flush = async (
  { ask, answered }: Asked,
  name: string,
  signal: AbortSignal,
): Promise<void> => {
  const what = `flushing "${name}"`
  await naming(answered(signal), ['answers to requests that were given up'])
  let flushed: Flushed | null = null
  while (flushed === null) {
    try {
      const request = { collection_names: [name] }
      flushed = (await ask(what, (client) => client.flush(request), signal)) as unknown as Flushed
    } catch (error) {
      if ((error as { code?: number }).code !== RATE_LIMIT) throw error
      await pause(FLUSH_PAUSE, signal, ['a flush, which the server limits'])
    }
  }
  const request = {
    collection_name: name,
    segmentIDs: [...(flushed.coll_segIDs[name]?.data ?? [])],
    flush_ts: flushed.coll_flush_ts?.[name] ?? 0,
  }
  const isStored = async () =>
    (await ask(what, (client) => client.getFlushState(request), signal)).flushed
  while (!(await isStored())) await pause(PAUSE, signal, ['a flush under way'])
}

/** Merges segments and drops deleted rows; resolves when the server says that it is done. milvus-lite does so by itself after a flush. */
export const compact = async (
  connection: Asked & Pick<Connection, 'lite'>,
  name: string,
  signal: AbortSignal,
): Promise<void> => {
  await flush(connection, name, signal)
  if (connection.lite) return
  const { ask } = connection
  const what = `compacting "${name}"`
  const started = await ask(what, (client) => client.compact({ collection_name: name }), signal)
  const request = { compactionID: started.compactionID }
  const isDone = async () =>
    String((await ask(what, (client) => client.getCompactionState(request), signal)).state) ===
    'Completed'
  while (!(await isDone())) await pause(PAUSE, signal, ['a compaction under way'])
}

/** Flushes, then looks until nothing is missing, twice in a row; then loads anew, so that what was built answers, and looks again. */
export const settle = async (
  connection: Asked & Pick<Connection, 'lite'>,
  name: string,
  look: ((signal: AbortSignal) => Promise<Evidence>) | null,
  signal: AbortSignal,
): Promise<void> => {
  await flush(connection, name, signal)
  if (!look) return
  await settled(look, signal, STORED)
  if (connection.lite) return
  const request = { collection_name: name }
  await connection.ask(`reloading "${name}"`, (client) => client.refreshLoad(request), signal)
  await settled(look, signal, /./)
}

/** Of what is missing, what a server does before it loads anew. */
const STORED = /not flushed|not indexed|without their index|log/

const settled = async (
  look: (signal: AbortSignal) => Promise<Evidence>,
  signal: AbortSignal,
  of: RegExp,
): Promise<void> => {
  for (let quiet = 0; quiet < 2; ) {
    const missing = (await look(signal)).missing.filter((one) => of.test(one))
    quiet = missing.length === 0 ? quiet + 1 : 0
    if (quiet < 2) await pause(PAUSE, signal, missing)
  }
}

const pause = (ms: number, signal: AbortSignal, missing: readonly string[]): Promise<void> =>
  naming(sleep(ms, undefined, { signal }), missing)

/** Rejects at the time-out, naming what was missing. */
const naming = async (done: Promise<void>, missing: readonly string[]): Promise<void> => {
  try {
    await done
  } catch (cause) {
    const what = missing.length > 0 ? missing.join(', ') : 'a second look'
    throw unsure(`milvus: given up while it waited for: ${what}`, cause)
  }
}
