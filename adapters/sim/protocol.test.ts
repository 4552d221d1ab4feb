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
} from './bodies.ts'
import {
  answerFrame,
  frameReader,
  readAnswer,
  readRequest,
  requestFrame,
  VERBS,
} from './protocol.ts'

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => new Uint8Array(array))

test('frames come out whole, in order, however the stream is cut', () => {
  const frames = fc.array(
    fc.record(
      {
        request: fc.nat(),
        verb: fc.constantFrom(...VERBS),
        name: fc.constantFrom('', 'rows_1'),
        body: bytes,
      },
      { noNullPrototype: true },
    ),
  )
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (sent, cuts) => {
        const stream = Buffer.concat(
          sent.map((f) => requestFrame(f.request, f.verb, f.name, f.body)),
        )
        const received: unknown[] = []
        const read = frameReader((frame) => received.push(readRequest(frame)))
        for (let at = 0, i = 0; at < stream.length; i++) {
          const next = at + cuts[i % cuts.length]!
          read(stream.subarray(at, next))
          at = next
        }
        assert.deepEqual(received, sent)
      },
    ),
  )
})

test('an answer is read as it was written', () => {
  const [read] = [answerFrame(7, 'unknown', new Uint8Array([1, 2]))].map((f) =>
    readAnswer(f.subarray(4)),
  )
  assert.deepEqual(read, { request: 7, status: 'unknown', body: new Uint8Array([1, 2]) })
})

test('rows, queries, ids and hits survive the wire', () => {
  const rows = [
    { id: 4_294_967_295, version: 0, vector: Float32Array.of(1, -0.5) },
    { id: 0, version: 9, vector: Float32Array.of(3.25, 1e-20) },
  ]
  const { dimensions, ids, versions, vectors } = readRows(rowsBody(rows))
  assert.deepEqual([dimensions, [...ids], [...versions]], [2, [4_294_967_295, 0], [0, 9]])
  assert.deepEqual(vectors, Float32Array.of(1, -0.5, 3.25, 1e-20))
  assert.deepEqual(readQuery(queryBody(rows[1]!.vector, 10)), { k: 10, vector: rows[1]!.vector })
  assert.deepEqual([...readIds(idsBody([3, 1]))], [3, 1])
  assert.deepEqual(readHits(hitsBody([{ id: 5, version: 2 }])), [{ id: 5, version: 2 }])
  assert.equal(readRows(rowsBody([])).ids.length, 0)
})
