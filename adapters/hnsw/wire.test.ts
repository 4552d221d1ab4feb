import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  hitsBody,
  idsBody,
  queryBody,
  readHits,
  readIds,
  readQuery,
  readRows,
  rowsBody,
} from './wire.ts'

test('rows byte by byte', () => {
  const body = rowsBody([{ id: 258, version: -1, vector: Float32Array.of(1, -2) }], 2)
  const bytes = [
    1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0, 255, 255, 255, 255, 0, 0, 128, 63, 0, 0, 0, 192,
  ]
  assert.deepEqual([...body], bytes)
})

test('query and hits byte by byte', () => {
  assert.deepEqual(
    [...queryBody(Float32Array.of(1), 10, 64)],
    [10, 0, 0, 0, 64, 0, 0, 0, 0, 0, 128, 63],
  )
  const hits = { ids: Uint32Array.of(7), versions: Int32Array.of(3), distances: Float32Array.of(1) }
  assert.deepEqual([...hitsBody(hits)], [1, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 0, 0, 128, 63])
})

/** The same bytes where no typed array may lie. */
const askew = (bytes: Uint8Array): Uint8Array => {
  const room = new Uint8Array(bytes.length + 1)
  room.set(bytes, 1)
  return room.subarray(1)
}

test('what is written is read, wherever it lies in memory', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true })
  const row = fc.record({
    id: fc.nat(0xffff_ffff),
    version: fc.integer(),
    vector: fc.array(float, { minLength: 3, maxLength: 3 }).map((v) => Float32Array.from(v)),
  })
  fc.assert(
    fc.property(fc.array(row), fc.boolean(), (rows, shifted) => {
      const place = shifted ? askew : (bytes: Uint8Array) => bytes
      const read = readRows(place(rowsBody(rows, 3)))!
      const ids = rows.map(({ id }) => id)
      assert.deepEqual([...read.ids], ids)
      assert.deepEqual(
        [...read.versions],
        rows.map(({ version }) => version),
      )
      assert.deepEqual(
        [...read.vectors],
        rows.flatMap(({ vector }) => [...vector]),
      )
      assert.deepEqual([...readIds(place(idsBody(ids)))!], ids)
      const distances = new Float32Array(rows.length).fill(0.5)
      const hits = { ids: read.ids, versions: read.versions, distances }
      assert.deepEqual(readHits(place(hitsBody(hits))), hits)
      for (const { vector } of rows) {
        assert.deepEqual(readQuery(place(queryBody(vector, 5, 9))), { k: 5, ef: 9, vector })
      }
    }),
  )
})

test('a body of another length than it says is none', () => {
  const rows = rowsBody([{ id: 1, version: 0, vector: Float32Array.of(1, 2, 3) }], 3)
  for (let length = 0; length < rows.length; length++) {
    assert.equal(readRows(rows.subarray(0, length)), null)
  }
  assert.equal(readRows(Uint8Array.of(...rows, 0, 0, 0, 0)), null)
  assert.equal(readIds(new Uint8Array(6)), null)
  assert.equal(readQuery(new Uint8Array(4)), null)
  assert.equal(readHits(new Uint8Array(0)), null)
  assert.equal(readHits(Uint8Array.of(2, 0, 0, 0)), null)
  assert.equal(readRows(new Uint8Array(8).fill(255)), null)
})
