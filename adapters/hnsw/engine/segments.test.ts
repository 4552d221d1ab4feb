import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../../../harness/model/rng.ts'
import { attachHnsw, createHnsw, type Hnsw, type Image, type Parameters } from './index.ts'
import { apply, checkHits, type Operation, type Oracle, operation } from './programs.fixture.ts'

const PAGE = 65_536
/** So few bytes hold eight rows of so many dimensions. */
const [WIDE, EIGHT_ROWS] = [4096, 8 * PAGE]

const create = (more: Partial<Parameters> = {}, image?: Image): Hnsw =>
  createHnsw(
    {
      dimensions: WIDE,
      metric: 'l2',
      m: 4,
      efConstruction: 16,
      seed: 1,
      selection: 'heuristic',
      segmentBytes: EIGHT_ROWS,
      ...more,
    },
    'hnsw',
    image,
  )
/** A vector whose other dimensions are 0. */
const wide = (first: number): Float32Array => {
  const vector = new Float32Array(WIDE)
  vector[0] = first
  return vector
}
const fill = (index: Hnsw, to: number, from = 0): void => {
  for (let id = from; id < to; id++) index.upsert(id, id, wide(id))
}
const lives = (index: Hnsw): number[] => index.segments().map(({ live }) => live)
const compact = (index: Hnsw): void => {
  for (const _ of index.compaction());
}

/** Programs as for one segment, on vectors of which only the first dimensions are not 0. */
const program = (most: number) =>
  fc.array(operation(3), { maxLength: most, size: 'max' }).map((operations) =>
    operations.map((o): Operation => {
      if (!('vector' in o)) return o
      return { ...o, vector: [...o.vector, ...new Array<number>(WIDE - 3).fill(0)] }
    }),
  )

test('the ninth row begins a second segment, and both are searched as one', () => {
  const index = create()
  fill(index, 9)
  assert.deepEqual(lives(index), [8, 1])
  assert.deepEqual([index.stats().segments, index.stats().live, index.live], [2, 9, 9])
  assert.deepEqual([...index.search(wide(7.25), 3, 3).versions], [7, 8, 6])
  assert.deepEqual([...index.search(wide(7.25), 2, 3).distances], [0.0625, 0.5625])
  assert.deepEqual([...index.exact(wide(7.25), 100).ids], [7, 8, 6, 5, 4, 3, 2, 1, 0])
  assert.deepEqual([...index.get([8, 44, 0, 8]).versions], [8, 0, 8])
})

test('a row that is replaced stays where it is if there is room, else it goes to a later segment', () => {
  const index = create()
  fill(index, 12)
  index.upsert(9, 90, wide(9))
  assert.deepEqual(lives(index), [8, 4])
  index.upsert(3, 30, wide(3))
  assert.deepEqual(lives(index), [7, 5])
  assert.deepEqual([...index.get([3, 9]).versions], [30, 90])
  assert.equal(index.delete(3), true)
  assert.equal(index.delete(3), false)
  assert.deepEqual(
    [...index.exact(wide(3), 12).ids].sort((a, b) => a - b),
    [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11],
  )
})

test('freed places of earlier segments are filled before another is begun', () => {
  const index = create()
  fill(index, 16)
  for (const id of [1, 2, 3]) index.delete(id)
  compact(index)
  fill(index, 20, 16)
  assert.deepEqual(lives(index), [8, 8, 1])
})

test('a segment that is empty after a compaction gives its memory back, the last one stays', () => {
  const index = create()
  fill(index, 24)
  const { bytes } = index.stats()
  for (let id = 8; id < 16; id++) index.delete(id)
  compact(index)
  assert.deepEqual(lives(index), [8, 8])
  assert.ok(index.stats().bytes < bytes)
  for (let id = 0; id < 24; id++) index.delete(id)
  compact(index)
  assert.deepEqual(lives(index), [0])
  assert.equal(index.search(wide(1), 3, 3).ids.length, 0)
  fill(index, 9)
  assert.equal(index.search(wide(1), 9, 9).ids.length, 9)
})

for (const metric of ['l2', 'cosine', 'ip'] as const) {
  for (const hot of [0, 4]) {
    test(`any program over segments of eight rows agrees with a map (${metric}, hot tier ${hot})`, (t) => {
      let most = 0
      fc.assert(
        fc.property(program(100), (operations) => {
          const index = create({ metric, hot })
          const rows: Oracle = new Map()
          operations.forEach((o, version) => {
            apply(index, rows, metric, o, version)
          })
          most = Math.max(most, index.stats().segments)
        }),
        { numRuns: 20 },
      )
      t.diagnostic(`up to ${most} segments at the end`)
      assert.ok(most > 2)
    })
  }
}

test('a compaction lets anything come between its steps, segments begun and filled too', () => {
  fc.assert(
    fc.property(program(60), program(60), (before, during) => {
      const index = create({ hot: 2 })
      const rows: Oracle = new Map()
      const perform = (o: Operation, version: number) => {
        if (o.do !== 'compact') apply(index, rows, 'l2', o, version)
      }
      before.forEach(perform)
      let next = 0
      for (const _ of index.compaction()) {
        for (const o of during.slice(next, next + 3)) perform(o, before.length + next++)
      }
      checkHits(index.search(wide(0), 31, 31), rows, 'l2', [...wide(0)], 31)
      compact(index)
      assert.deepEqual([index.stats().tombstones, index.shape().unreachable], [0, 0])
    }),
    { numRuns: 30 },
  )
})

test('images of all segments make the same index, which lives on in the same way', () => {
  fc.assert(
    fc.property(program(80), program(40), (before, after) => {
      const index = create({ hot: 2 })
      const rows: Oracle = new Map()
      before.forEach((o, version) => {
        apply(index, rows, 'l2', o, version)
      })
      const again = create({ hot: 2 }, index.image())
      assert.deepEqual(lives(again), lives(index))
      assert.equal(again.stats().tombstones, index.stats().tombstones)
      after.forEach((o, version) => {
        apply(again, rows, 'l2', o, before.length + version)
      })
    }),
    { numRuns: 20 },
  )
})

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
  for (const rows of [100, 2 ** 31, 2 ** 40]) assert.throws(() => index.reserve(rows), RangeError)
  assert.equal(index.stats().segments, 4)
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

test('any number of dimensions over several segments', () => {
  for (const dimensions of [1, 2, 15, 16, 17, 255, 1023, 4095, 4096]) {
    const index = create({ dimensions, segmentBytes: 12 * PAGE })
    let id = 0
    for (; index.stats().segments < 3; id++) {
      index.upsert(id, id, new Float32Array(dimensions).fill(id + 1))
    }
    const query = new Float32Array(dimensions).fill(3.25)
    assert.deepEqual([...index.search(query, 3, 10).ids], [2, 3, 1], `${dimensions} dimensions`)
    assert.equal(index.search(query, id, id).ids.length, id)
  }
})

test('ten churns over small segments: recall holds, and they stay few', (t) => {
  const SEED = 10
  const chance = stream(SEED, 'churn over segments')
  const draw = () => Float32Array.from({ length: 8 }, () => chance.normal())
  const rows = 3000
  const made = () =>
    create({ dimensions: 8, m: 16, efConstruction: 40, segmentBytes: 6 * PAGE, seed: SEED })
  const [index, fresh] = [made(), made()]
  for (let id = 0; id < rows; id++) {
    for (const one of [index, fresh]) one.upsert(id, 0, draw())
  }
  for (let i = rows; i < 10 * rows; i++) {
    const id = chance.below(rows)
    if (i % 3 === 0) index.delete(id)
    index.upsert(id, i, draw())
    if (index.stats().tombstones > rows / 10) compact(index)
  }
  let hits = 0
  for (let i = 0; i < 100; i++) {
    const query = draw()
    const bound = index.exact(query, 10).distances[9]!
    hits += index.search(query, 10, 32).distances.filter((d) => d <= bound).length
  }
  t.diagnostic(`seed ${SEED}: recall ${hits / 1000}, segments of ${lives(index)} rows`)
  t.diagnostic(`one built anew has segments of ${lives(fresh)}`)
  assert.ok(hits >= 990, `${hits} of 1000`)
  assert.ok(index.stats().segments <= 3 * fresh.stats().segments)
  assert.deepEqual([index.live, index.stats().scans], [rows, 0])
})

test('a reader hears of segments begun and given up before it searches', () => {
  const index = create()
  const [early, late] = [attachHnsw(index.share()), index.share()]
  fill(index, 30)
  const reader = attachHnsw(late)
  for (const one of [early, reader]) {
    assert.deepEqual([...one.search(wide(29), 1, 5).ids], [29])
    assert.deepEqual([...one.get([0, 8, 16, 29]).versions], [0, 8, 16, 29])
    assert.equal(one.exact(wide(0), 99).ids.length, 30)
    assert.equal(one.live, 30)
  }
  for (let id = 0; id < 24; id++) index.delete(id)
  compact(index)
  assert.equal(index.stats().segments, 1)
  fill(index, 70, 30)
  for (const one of [early, reader, attachHnsw(index.share())]) {
    assert.equal(one.exact(wide(0), 99).ids.length, 46)
    one.close()
  }
  assert.equal(attachHnsw(index.share()).place, 0)
})

test('a share is for one reader: the second that uses it is told so', () => {
  const index = create()
  const shared = index.share()
  const readers = [attachHnsw(shared), attachHnsw(shared)]
  fill(index, 9)
  assert.equal(readers[0]!.live, 9)
  assert.throws(() => readers[1]!.live, /one share is for one reader/)
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
