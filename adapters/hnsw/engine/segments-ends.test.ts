import assert from 'node:assert/strict'
import { totalmem } from 'node:os'
import { test } from 'node:test'
import { attachHnsw } from './index.ts'
import { leastBytes } from './room.ts'
import { compact, create, EIGHT_ROWS, fill, lives, PAGE, wide } from './segments.fixture.ts'

test('an image goes on under other ends than those that it was taken under', () => {
  const ends = [{}, { mostBytes: 40 * PAGE }, { segmentBytes: 11 * PAGE }]
  for (const before of ends) {
    for (const after of ends) {
      const index = create({ segmentBytes: undefined, ...before })
      fill(index, 30)
      for (let id = 0; id < 16; id++) index.delete(id)
      compact(index)
      fill(index, 40, 30)
      const again = create({ segmentBytes: undefined, ...after }, index.image())
      assert.deepEqual(again.exact(wide(0), 50), index.exact(wide(0), 50))
      fill(again, 44, 40)
      assert.deepEqual(again.search(wide(43), 30, 60).ids[0], 43)
      compact(again)
      assert.deepEqual([again.live, again.shape().unreachable], [28, 0])
    }
  }
})

test('an image that readers took storage from while it was copied is whole', () => {
  const index = create({ dimensions: 2, segmentBytes: undefined })
  for (let id = 0; id < 3000; id++) index.upsert(id, 0, Float32Array.of(id % 50, id / 50))
  for (const k of [1000, 2000, 3000]) index.exact(Float32Array.of(1, 1), k)
  const [part] = index.image()
  // As a reader does that takes the first free chunk when the list of them was copied and it was not: words as in assembly/layout.ts.
  const words = new Uint32Array(part!.buffer)
  const [first, bytes, free] = [words[136 / 4]!, words[104 / 4]!, words[144 / 4]!]
  assert.notEqual(free, 0xffffffff, 'there is a free chunk')
  words[(first + free * bytes) / 4] = 1e9
  const again = create({ dimensions: 2, segmentBytes: undefined }, [part!])
  for (let id = 3000; id < 9000; id++) again.upsert(id, 0, Float32Array.of(id % 50, id / 50))
  assert.equal(again.exact(Float32Array.of(1, 1), 9000).ids.length, 9000)
})

test('what a compaction frees counts as room, where memory has ended', () => {
  const index = create({ mostBytes: EIGHT_ROWS })
  fill(index, 8)
  for (const id of [1, 2, 3]) index.delete(id)
  assert.throws(() => index.reserve(1), RangeError)
  compact(index)
  index.reserve(3)
  assert.throws(() => index.reserve(4), RangeError)
  fill(index, 10, 8)
  index.reserve(1)
  assert.throws(() => index.reserve(2), RangeError)
})

test('where all memory ends, an upsert is a RangeError, nothing has changed, and deletes make room', () => {
  const index = create({ mostBytes: 3 * EIGHT_ROWS + PAGE })
  fill(index, 24)
  const whole = index.exact(wide(0), 24)
  for (const id of [0, 23, 99]) {
    assert.throws(() => index.upsert(id, 500, wide(id)), {
      name: 'RangeError',
      message: /memory has ended: mostBytes is 1638400/,
    })
  }
  assert.throws(() => index.reserve(1), RangeError)
  assert.deepEqual(index.exact(wide(0), 24), whole)
  assert.deepEqual([index.stats().tombstones, index.stats().segments], [0, 3])
  for (let id = 0; id < 8; id++) index.delete(id)
  compact(index)
  assert.deepEqual(lives(index), [8, 8])
  fill(index, 8)
  assert.deepEqual(lives(index), [8, 8, 8])
})

test('reserve makes room in so many segments as it takes, or changes nothing', () => {
  const index = create({ mostBytes: 4 * EIGHT_ROWS })
  fill(index, 3)
  index.reserve(20)
  assert.deepEqual(lives(index), [3, 0, 0, 0])
  fill(index, 23, 3)
  assert.equal(index.stats().segments, 4)
  for (const rows of [40, 100, 2 ** 31, 2 ** 40]) {
    assert.throws(() => index.reserve(rows), RangeError, `${rows} rows`)
    assert.equal(index.stats().segments, 4)
  }
})

test('a reserve that fails in a later segment gives up those that it began', () => {
  const index = create({ mostBytes: 5 * EIGHT_ROWS })
  fill(index, 8)
  const rows = 8 * 5
  assert.ok(leastBytes(rows, index.parameters) < 5 * EIGHT_ROWS, 'this is not seen at once')
  assert.throws(() => index.reserve(rows), RangeError)
  assert.deepEqual(lives(index), [8])
  index.reserve(32)
  assert.deepEqual(lives(index), [8, 0, 0, 0, 0])
})

test('what the machine surely cannot hold is refused at once, and no segment grows for it', () => {
  const index = create({ dimensions: 3, m: 16, segmentBytes: undefined })
  const { bytes } = index.stats()
  const beyond = Math.ceil(totalmem() / leastBytes(1, index.parameters)) + 1
  for (const rows of [beyond, 10 * beyond, 2 ** 53]) {
    assert.throws(() => index.reserve(rows), { name: 'RangeError', message: /more than the \d+ b/ })
    assert.deepEqual([index.stats().segments, index.stats().bytes], [1, bytes])
  }
  index.reserve(1000)
  index.upsert(1, 1, Float32Array.of(1, 2, 3))
  assert.equal(index.live, 1)
})

test('what a container cannot hold is refused too, be it seen only while segments are begun', (t) => {
  t.mock.method(process, 'constrainedMemory', () => 4 * EIGHT_ROWS)
  const index = create()
  fill(index, 8)
  const rows = 100
  assert.ok(leastBytes(rows, index.parameters) < 4 * EIGHT_ROWS, 'this is not seen at once')
  assert.throws(() => index.reserve(rows), { name: 'RangeError', message: /the 2097152 bytes/ })
  assert.deepEqual(lives(index), [8])
  index.reserve(32)
  assert.deepEqual(lives(index), [8, 0, 0, 0, 0])
  // The rows that come are not counted against it: what the system gives is theirs.
  fill(index, 60)
  assert.equal(index.live, 60)
})

test('rows take what is said that they take at least, and not twice as much', () => {
  for (const dimensions of [1, 3, 16, 17, 100, 1000]) {
    for (const m of [2, 3, 16, 128]) {
      const index = create({ dimensions, m, segmentBytes: undefined })
      const least = leastBytes(1, index.parameters)
      const rows = Math.ceil(2 ** 24 / least)
      const { bytes } = index.stats()
      index.reserve(rows)
      const taken = index.stats().bytes - bytes
      const told = `${dimensions} dimensions, m ${m}: ${taken / rows} bytes a row, at least ${least}`
      assert.ok(taken >= 0.98 * rows * least && taken < 2 * rows * least, told)
    }
  }
})

test('a segment too small for a row is refused at once', () => {
  for (const more of [{ segmentBytes: 5 * PAGE }, { segmentBytes: 1 }, { mostBytes: PAGE }]) {
    assert.throws(() => create(more), { name: 'RangeError', message: /memory/ })
  }
  assert.throws(() => create({ segmentBytes: Number.NaN }), /segmentBytes is NaN/)
  assert.throws(() => create({ mostBytes: -1 }), /mostBytes is -1/)
})

test('k, ef and rerank may be any number: what is beyond the rows counts as all of them', () => {
  for (const rows of [5, 20]) {
    const index = create()
    fill(index, rows)
    for (const much of [rows, 2 ** 28, 2 ** 29 + 1, 2 ** 32, 2 ** 53, Number.POSITIVE_INFINITY]) {
      assert.equal(index.search(wide(2), much, much, much).ids.length, rows)
      assert.equal(index.search(wide(2), 3, much, 0).ids.length, 3)
      assert.equal(index.search(wide(2), much, 1, 1).ids.length, rows)
      assert.equal(index.exact(wide(2), much).ids.length, rows)
    }
    for (const none of [0, -1, -(2 ** 40), Number.NaN]) {
      assert.equal(index.search(wide(2), none, 10).ids.length, 0)
      assert.equal(index.exact(wide(2), none).ids.length, 0)
      assert.deepEqual([...index.search(wide(2), 1, none, none).ids], [2])
    }
    assert.deepEqual([...index.search(wide(2), 1.9, 9.9, 9.9).ids], [2])
  }
})

test('k as large as the collection, tens of thousands of rows, one segment and many', () => {
  const rows = 20_000
  for (const segmentBytes of [undefined, 12 * PAGE]) {
    const index = create({ dimensions: 2, segmentBytes })
    for (let id = 0; id < rows; id++) index.upsert(id, 0, Float32Array.of(id % 141, id / 141))
    const query = Float32Array.of(70, 70)
    const found = index.search(query, rows, 10)
    assert.deepEqual(found.distances, index.exact(query, rows).distances)
    assert.equal(new Set(found.ids).size, rows)
  }
})

test('readers that come and go take no more memory than one', () => {
  const index = create({ segmentBytes: undefined })
  fill(index, 30)
  const visit = (): void => {
    const reader = attachHnsw(index.share())
    assert.equal(reader.search(wide(3), 10, 10).ids[0], 3)
    reader.close()
  }
  visit()
  const { bytes } = index.stats()
  for (let i = 0; i < 200; i++) visit()
  assert.equal(index.stats().bytes, bytes)
})
