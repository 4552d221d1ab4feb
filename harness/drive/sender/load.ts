import { problem } from '../../errors.ts'
import type { Engine, Row, Stored } from '../../model/index.ts'
import { type Bench, storedOf } from './spaces.ts'
import { LIMIT, within } from './within.ts'

const BATCH = 500
/** Batches under way at once where rows are loaded by upsert. */
const LANES = 4

export type LoadedBy = 'bulkLoad' | 'upsert' | 'nothing'

/**
 * Loads rows into an empty collection, by `bulkLoad` or else by upserts of 500; then settles, if the engine can.
 * Errors: PRELOAD_FAILED, NOT_ANSWERED.
 */
export const load = async (
  bench: Bench,
  engine: Engine,
  name: string,
  rows: Iterable<Row>,
): Promise<LoadedBy> => {
  const batches = batchesOf(bench, rows)
  let any = false
  const counted = (function* () {
    for (const batch of batches) {
      any = true
      yield batch
    }
  })()
  await within(LIMIT.load, `loading collection ${name}`, async (signal, progress) => {
    try {
      if (engine.bulkLoad) await engine.bulkLoad(paced(counted, progress), signal)
      else await upsertAll(engine, counted, signal, progress)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw problem('PRELOAD_FAILED', { name, why }, cause)
    }
  })
  await settle(engine, name)
  if (!any) return 'nothing'
  return engine.bulkLoad ? 'bulkLoad' : 'upsert'
}

const settle = async (engine: Engine, name: string): Promise<void> => {
  if (!engine.settle) return
  await within(LIMIT.settle, `settling collection ${name}`, (signal) => engine.settle!(signal))
}

function* batchesOf(bench: Bench, rows: Iterable<Row>): Generator<readonly Stored[]> {
  let batch: Stored[] = []
  for (const row of rows) {
    batch.push(storedOf(bench, row))
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function* paced(batches: Iterable<readonly Stored[]>, progress: () => void) {
  for (const batch of batches) {
    progress()
    yield batch
  }
}

const upsertAll = async (
  engine: Engine,
  batches: Iterator<readonly Stored[]>,
  signal: AbortSignal,
  progress: () => void,
): Promise<void> => {
  const lane = async (): Promise<void> => {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      await engine.upsert(next.value, signal)
      progress()
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}
