import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../../../harness/model/rng.ts'
import { attachHnsw } from './index.ts'
import { apply, checkHits, type Operation, type Oracle, operation } from './programs.fixture.ts'
import { compact, create, fill, lives, PAGE, WIDE, wide } from './segments.fixture.ts'

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
            most = Math.max(most, index.stats().segments)
          })
        }),
        { numRuns: 20 },
      )
      t.diagnostic(`up to ${most} segments`)
      assert.ok(most > 1, 'rows lay in several segments')
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
