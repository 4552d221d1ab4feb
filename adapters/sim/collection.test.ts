import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCollection } from './collection.ts'
import type { DeleteFate, UpsertFate } from './flaws.ts'

const FINE: UpsertFate = { delay: 0, lost: false, stale: false, unreachable: false, flicker: null }
const GONE: DeleteFate = { delay: 0, ghost: false, returns: null }

/** One-dimensional rows and a clock that moves by hand; a row of version v lies at v. */
const setUp = () => {
  let time = 1000
  const rows = createCollection({ dimensions: 1, metric: 'l2' }, () => time)
  return {
    rows,
    goTo: (at: number) => {
      time = at
    },
    put: (id: number, version: number, fate: Partial<UpsertFate> = {}) =>
      rows.upsert(id, version, Float32Array.of(version), { ...FINE, ...fate }),
    seen: (via: 'index' | 'exact' = 'index') =>
      rows
        .search(Float32Array.of(0), 99, via)
        .map(({ id, version }) => `${id}@${version}`)
        .join(' '),
    stored: (...ids: number[]) =>
      rows
        .get(ids)
        .map(({ id, version }) => `${id}@${version}`)
        .join(' '),
  }
}

test('a delayed row is found by id at once, and by search from its instant on', () => {
  const { put, seen, stored, goTo, rows } = setUp()
  assert.equal(put(1, 0, { delay: 500 }).visible, 1500)
  assert.equal(rows.settled(), 1500)
  assert.deepEqual([stored(1), rows.count()], ['1@0', 1])
  goTo(1499)
  assert.equal(seen(), '')
  assert.equal(rows.stats().pending, 1)
  goTo(1500)
  assert.equal(seen(), '1@0')
})

test('until an update is visible the version before is; one overtaken is never shown', () => {
  const { put, seen, goTo } = setUp()
  put(1, 0)
  put(1, 1, { delay: 500 })
  put(1, 2, { delay: 200 })
  assert.equal(seen(), '1@0')
  goTo(1200)
  assert.equal(seen(), '1@2')
  goTo(1500)
  assert.equal(seen(), '1@2')
})

test('a delete overtakes the insert before it', () => {
  const { put, seen, stored, goTo, rows } = setUp()
  put(1, 0, { delay: 500 })
  assert.equal(rows.delete(1, { ...GONE, delay: 100 }).invisible, 1100)
  assert.equal(stored(1), '')
  goTo(2000)
  assert.equal(seen(), '')
})

test('a delayed delete leaves the row to searches, not to get and count', () => {
  const { put, seen, stored, goTo, rows } = setUp()
  put(1, 0)
  rows.delete(1, { ...GONE, delay: 100 })
  assert.deepEqual([seen(), stored(1), rows.count()], ['1@0', '', 0])
  goTo(1100)
  assert.equal(seen(), '')
})

test('a lost write leaves no trace', () => {
  const { put, seen, stored, rows } = setUp()
  put(1, 0)
  assert.equal(put(1, 1, { lost: true }).visible, null)
  assert.equal(put(2, 0, { lost: true }).visible, null)
  assert.deepEqual([seen(), stored(1, 2), rows.count()], ['1@0', '1@0', 1])
})

test('a ghost is returned, not found by id, until its id is written or compact', () => {
  for (const end of ['write', 'compact']) {
    const { put, seen, stored, rows } = setUp()
    put(1, 0)
    assert.equal(rows.delete(1, { ...GONE, ghost: true }).invisible, null)
    assert.deepEqual([seen(), stored(1), rows.count()], ['1@0', '', 0])
    assert.equal(rows.stats().ghosts, 1)
    if (end === 'compact') rows.compact()
    else put(1, 1)
    assert.equal(seen(), end === 'compact' ? '' : '1@1')
  }
})

test('a stale version is returned beside the new one until the next write or compact', () => {
  for (const end of ['write', 'delete', 'compact']) {
    const { put, seen, stored, rows } = setUp()
    put(1, 0)
    put(1, 1, { stale: true })
    assert.deepEqual([seen(), stored(1), rows.count()], ['1@0 1@1', '1@1', 1])
    if (end === 'compact') rows.compact()
    else if (end === 'write') put(1, 2)
    else rows.delete(1, GONE)
    assert.equal(seen(), { compact: '1@1', write: '1@2', delete: '' }[end])
  }
})

test('an unreachable row is found by exact alone, until compact', () => {
  const { put, seen, stored, rows } = setUp()
  put(1, 0, { unreachable: true })
  assert.deepEqual([seen(), seen('exact'), stored(1)], ['', '1@0', '1@0'])
  rows.compact()
  assert.equal(seen(), '1@0')
})

test('a row that flickers vanishes and comes back, unless another change took its place', () => {
  const { put, seen, stored, goTo, rows } = setUp()
  const flicker = { after: 100, for: 50 }
  put(1, 0, { delay: 10, flicker })
  put(2, 7, { delay: 10, flicker })
  assert.equal(rows.settled(), 1160)
  for (const [at, expected] of [
    [1010, '1@0 2@7'],
    [1109, '1@0 2@7'],
    [1110, ''],
  ] as const) {
    goTo(at)
    assert.deepEqual([seen(), seen('exact'), stored(1)], [expected, expected, '1@0'])
  }
  put(2, 8)
  assert.equal(seen(), '2@8')
  goTo(1160)
  assert.equal(seen(), '1@0 2@8')
})

test('a deleted row returns at its instant, until its id is written or compact', () => {
  for (const end of ['write', 'compact', 'compact before']) {
    const { put, seen, stored, goTo, rows } = setUp()
    put(1, 0)
    const gone = { invisible: 1100, ghost: false, returned: 1150 }
    assert.deepEqual(rows.delete(1, { delay: 100, ghost: false, returns: 50 }), gone)
    assert.equal(seen(), '1@0')
    goTo(1100)
    assert.deepEqual([seen(), stored(1), rows.stats().returned], ['', '', 0])
    if (end === 'compact before') rows.compact()
    goTo(1150)
    assert.equal(seen(), end === 'compact before' ? '' : '1@0')
    if (end === 'write') put(1, 1)
    else rows.compact()
    assert.equal(seen(), end === 'write' ? '1@1' : '')
  }
})

test('where no version was there to stay, none is said to', () => {
  const { put, rows } = setUp()
  const stale = [put(1, 0, { stale: true }), put(1, 1, { stale: true })]
  assert.deepEqual(
    stale.map((done) => done.stale),
    [false, true],
  )
  put(2, 0, { delay: 500 })
  assert.equal(put(2, 1, { stale: true }).stale, false)
  put(3, 0, { delay: 500 })
  put(4, 0, { lost: true })
  for (const id of [3, 4]) {
    const gone = { invisible: 1000, ghost: false, returned: null }
    assert.deepEqual(rows.delete(id, { delay: 0, ghost: true, returns: 5 }), gone)
  }
  assert.equal(rows.stats().ghosts, 0)
})

test('what should be found is the last version written of each id, be it lost, forgotten, hidden or on its way', () => {
  const { put, seen, rows } = setUp()
  const written = () =>
    rows
      .written(Float32Array.of(0), 99)
      .map(({ id, version }) => `${id}@${version}`)
      .join(' ')
  put(1, 1)
  put(1, 2, { lost: true })
  put(2, 3, { delay: 500 })
  put(3, 4, { unreachable: true })
  put(4, 5)
  rows.forget(4, { version: 6, vector: Float32Array.of(6) })
  put(5, 7)
  rows.forget(5, null)
  put(6, 8)
  rows.delete(6, { ...GONE, delay: 500 })
  put(7, 9, { lost: true })
  rows.delete(7, GONE)
  assert.equal(written(), '1@2 2@3 3@4 4@6')
  assert.equal(seen(), '1@1 4@5 5@7 6@8')
})

test('without flaws a collection is a map, whatever is written; with delays it becomes one', () => {
  const write = fc.record({
    id: fc.integer({ min: 0, max: 5 }),
    remove: fc.boolean(),
    delay: fc.constantFrom(0, 0, 10, 300),
    pause: fc.constantFrom(0, 5, 100),
  })
  fc.assert(
    fc.property(fc.array(write), fc.boolean(), (writes, delayed) => {
      const { put, seen, stored, goTo, rows } = setUp()
      const model = new Map<number, number>()
      const expected = () =>
        [...model]
          .sort(([, a], [, b]) => a - b)
          .map(([id, version]) => `${id}@${version}`)
          .join(' ')
      let time = 1000
      writes.forEach(({ id, remove, delay, pause }, version) => {
        time += pause
        goTo(time)
        const own = delayed ? delay : 0
        if (remove) rows.delete(id, { ...GONE, delay: own })
        else put(id, version, { delay: own })
        if (remove) model.delete(id)
        else model.set(id, version)
        assert.equal(rows.count(), model.size)
        if (!delayed) assert.equal(seen(), expected())
      })
      goTo(Math.max(time, rows.settled()))
      assert.equal(seen(), expected())
      assert.equal(
        stored(...[...model.keys()])
          .split(' ')
          .sort()
          .join(' '),
        expected().split(' ').sort().join(' '),
      )
      assert.equal(rows.stats().pending, 0)
      assert.equal(rows.stats().searchable, model.size)
    }),
  )
})
