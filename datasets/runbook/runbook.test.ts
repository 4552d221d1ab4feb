import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDataset, reopen, withRevisions } from '../index.ts'

const base = await openDataset({ name: 'uniform', rows: 6, dimensions: 3, queries: 2 }, 'l2', '.')
const row = (id: number): number[] => [...base.models[0]!.vectors.at(id)]
const table = (id: readonly number[], version: readonly number[], rows: readonly number[]) => ({
  revisions: 3,
  id: Uint32Array.from(id),
  version: Uint32Array.from(version),
  row: Uint32Array.from(rows),
})

test('a version is the row that the table says, else its own; by row, by range, and in another thread', () => {
  const dataset = withRevisions(base, table([4, 1, 2], [1, 2, 1], [0, 5, 3]))
  for (const seen of [dataset, reopen(structuredClone(dataset.source))]) {
    const { vectors } = seen.models[0]!
    const expected = [0, 1, 2, 3, 4, 5, 0, 1, 3, 3, 0, 5, 0, 5, 2, 3, 4, 5]
    assert.equal(vectors.count, 18)
    expected.forEach((id, place) => {
      assert.deepEqual([...vectors.at(place)], row(id))
    })
    assert.deepEqual([...vectors.slice(5, 14)], expected.slice(5, 14).flatMap(row))
    assert.deepEqual([seen.rows, seen.revisions, seen.models.length], [6, 3, 1])
    assert.deepEqual(seen.models[0]!.queries.at(1), base.models[0]!.queries.at(1))
  }
})

test('the fingerprint is that of the rows and of the table', () => {
  const of = (...rows: number[]) => withRevisions(base, table([1, 2], [1, 1], rows)).fingerprint
  assert.equal(of(3, 4), of(3, 4))
  assert.notEqual(of(3, 4), of(3, 5))
  assert.notEqual(of(3, 4), base.fingerprint)
})
