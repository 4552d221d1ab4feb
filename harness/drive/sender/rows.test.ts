import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Dataset, DELETE, type OpColumns, PROBE, SEARCH, UPSERT } from '../../model/index.ts'
import { AHEAD, createRowReader } from './rows.ts'

/** Two revisions of ten rows; tells the places that are read ahead. */
const onDisk = (): { dataset: Dataset; read: number[] } => {
  const read: number[] = []
  const vectors = { ahead: async (index: number) => void read.push(index) }
  return {
    dataset: { rows: 10, revisions: 2, models: [{ vectors }] } as unknown as Dataset,
    read,
  }
}

/** A batch of two rows at 0, a search, a delete, an update at AHEAD, its probe, an insert later on. */
const ops = {
  count: 6,
  at: Float64Array.of(0, 1, 2, AHEAD, AHEAD + 5, 3 * AHEAD),
  kind: Uint8Array.of(UPSERT, SEARCH, DELETE, UPSERT, PROBE, UPSERT),
  rows: Uint32Array.of(0, 2, 2, 3, 4, 5, 6),
  ids: Uint32Array.of(3, 4, 3, 4, 4, 7),
  versions: Uint32Array.of(0, 0, 0, 1, 1, 0),
} as unknown as OpColumns

test('the rows of upserts and probes are read once, when they are due within the time ahead', () => {
  const { dataset, read } = onDisk()
  const rows = createRowReader(dataset, ops, null)
  rows.advance(0)
  assert.deepEqual(read, [3, 4, 14])
  rows.advance(4)
  assert.deepEqual(read, [3, 4, 14])
  rows.advance(5)
  assert.deepEqual(read, [3, 4, 14, 14])
  rows.advance(9 * AHEAD)
  assert.deepEqual(read, [3, 4, 14, 14, 7])
})

test('a sender reads the rows of its own ops alone', () => {
  const { dataset, read } = onDisk()
  createRowReader(dataset, ops, Uint32Array.of(0, 5)).advance(9 * AHEAD)
  assert.deepEqual(read, [3, 4, 7])
})
