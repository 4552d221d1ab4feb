import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../../harness/model/index.ts'
import { now, of, rowOf, rowsOf, setUp, signal } from './server.fixture.ts'

const preload = (engine: Engine, count: number) =>
  engine.bulkLoad!([rowsOf(count)] as never, signal())

/** Asks for the k nearest of each of `count` rows, one after the other. */
const askAll = async (engine: Engine, count: number, k: number): Promise<number[][]> => {
  const answers: number[][] = []
  for (const { vector } of rowsOf(count)) {
    const hits = await engine.search(vector, k, signal())
    answers.push(hits.map(({ id }) => id))
  }
  return answers
}

/** Four standard deviations of a share of n. */
const near = (found: number, p: number, n: number) =>
  assert.ok(Math.abs(found - p) <= 4 * Math.sqrt((p * (1 - p)) / n), `${found} is not ${p}`)

test('a duplicate stands where another row should; the log names that row', async (t) => {
  const { engine, truth } = await setUp(t, { duplicates: 0.2, logSearches: true })
  await preload(engine, 300)
  const answers = await askAll(engine, 300, 10)
  const left = of(await truth(), 'search').map((line) => line.left)
  let copies = 0
  answers.forEach((ids, i) => {
    assert.equal(ids.length, 10)
    const own = ids.filter((id, place) => id === ids[place - 1]).length
    assert.equal(left[i]!.length, own)
    assert.ok(left[i]!.every(({ id, why }) => why === 'duplicate' && !ids.includes(id)))
    copies += own
  })
  near(copies / 2700, 0.2, 2700)
})

test('a shuffled answer holds the same rows in another order, and the log says so', async (t) => {
  const plain = await setUp(t, {})
  const { engine, truth } = await setUp(t, { shuffled: 0.3, logSearches: true })
  await preload(plain.engine, 100)
  await preload(engine, 100)
  const right = await askAll(plain.engine, 100, 10)
  const answers = await askAll(engine, 100, 10)
  const searches = of(await truth(), 'search')
  const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b)
  answers.forEach((ids, i) => {
    assert.deepEqual(sorted(ids), sorted(right[i]!))
    if (!searches[i]!.shuffled) assert.deepEqual(ids, right[i])
  })
  const shuffled = searches.filter((line) => line.shuffled).length
  near(shuffled / 100, 0.3, 100)
  assert.equal(answers.filter((ids, i) => String(ids) !== String(right[i])).length, shuffled)
})

test('clip cuts an answer, whatever k', async (t) => {
  const { engine, truth } = await setUp(t, { clip: 3, logSearches: true })
  await preload(engine, 20)
  for (const k of [2, 3, 8]) {
    const hits = await engine.search(rowOf(0).vector, k, signal())
    assert.deepEqual(
      hits.map(({ id }) => id),
      [0, 1, 2].slice(0, k),
    )
  }
  assert.equal((await engine.exact!(rowOf(0).vector, 8, signal())).length, 8)
  const left = of(await truth(), 'search').map((line) => line.left.map(({ why }) => why))
  assert.deepEqual(left, [[], [], Array(5).fill('clip'), []])
})

test('rows are missing with missing + slope · turnover, counted from the first write after the load', async (t) => {
  const { engine, truth } = await setUp(t, {
    missing: 0.05,
    missingPerTurnover: 0.5,
    spareNearest: false,
    logSearches: true,
  })
  await preload(engine, 200)
  for (let round = 0; round < 3; round++) {
    await askAll(engine, 200, 10)
    // 20 rows that stand far off, each written twice: a turnover of 0.2.
    const far = Array.from({ length: 20 }, (_, i) => rowOf(10_000 + i, round))
    await engine.upsert(far, signal())
    await engine.upsert(far, signal())
  }
  await engine.compact!(signal())
  await askAll(engine, 200, 10)
  const lines = await truth()
  assert.deepEqual(
    of(lines, 'zero').map(({ rows }) => rows),
    [200],
  )
  const searches = of(lines, 'search')
  for (const [round, turnover] of [0, 0.2, 0.4, 0].entries()) {
    const own = searches.slice(200 * round, 200 * (round + 1))
    assert.ok(own.every((line) => line.turnover === turnover))
    const left = own.flatMap((line) => line.left)
    assert.ok(left.every(({ why }) => why === 'missing'))
    near(left.length / 2000, 0.05 + 0.5 * turnover, 2000)
  }
})

test('a late answer is that of a request that happened in time', async (t) => {
  const { engine, truth } = await setUp(t, { late: { share: 0.3, by: 30 } })
  await Promise.all(rowsOf(40).map((row) => engine.upsert([row], signal())))
  const upserts = of(await truth(), 'upsert')
  const late = upserts.filter((line) => line.late)
  assert.ok(late.length > 0 && late.length < 40)
  for (const { acknowledged, visible } of late) assert.ok(acknowledged! >= visible! + 30_000)
})

test('with a capacity the requests are served one after the other, 1/perSecond each', async (t) => {
  const { engine, truth } = await setUp(t, { capacity: { perSecond: 1000 } })
  const from = now()
  await Promise.all(rowsOf(50).map((row) => engine.upsert([row], signal())))
  assert.ok(now() - from >= 50_000)
  let free = 0
  for (const { received, visible } of of(await truth(), 'upsert')) {
    free = Math.max(free, received) + 1000
    assert.ok(visible! >= free)
  }
})

test('with every flaw at once, what is left out and what is too much are accounted for one by one', async (t) => {
  const { engine, truth } = await setUp(t, {
    ...{ lost: 0.1, stale: 0.2, unreachable: 0.1, ghosts: 0.3, missing: 0.1, short: 0.1 },
    ...{ duplicates: 0.05, clip: 12, returns: { share: 0.3, after: 0 } },
    ...{ flicker: { share: 0.2, after: 0, for: 3_600_000 }, logSearches: true },
    delay: { bimodal: { fast: 0, slow: 3_600_000, share: 0.2 } },
    deleteDelay: { bimodal: { fast: 0, slow: 3_600_000, share: 0.2 } },
  })
  await preload(engine, 300)
  const changed = Array.from({ length: 120 }, (_, i) => i)
  for (const id of changed) await engine.upsert([rowOf(id, 1)], signal())
  for (const id of changed) if (id % 3 === 0) await engine.delete([id], signal())
  await askAll(engine, 120, 16)

  const lines = await truth()
  const upserts = new Map(of(lines, 'upsert').map((line) => [line.id, line]))
  const deletes = new Map(of(lines, 'delete').map((line) => [line.id, line]))
  const seen = new Set<string>()
  of(lines, 'search').forEach(({ returned, left, extra, received }, i) => {
    const live = rowsOf(300).filter(({ id }) => !deletes.has(id))
    const distance = (id: number) => (id - i) ** 2 + (upserts.has(id) ? 1 : 0)
    const truth16 = live
      .map(({ id }) => id)
      .sort((a, b) => distance(a) - distance(b) || a - b)
      .slice(0, 16)
    const wrong = new Set(extra.map(({ id, why }) => (why === 'stale' ? -1 : id)))
    // What is owed is what was returned rightly and what was left out: together the exact answer to the last writes.
    const right = new Set(returned.filter((id) => !wrong.has(id)))
    for (const id of truth16) {
      if (left.every((row) => row.id !== id)) assert.ok(right.has(id))
    }
    assert.ok(left.every(({ id }) => truth16.includes(id)))
    for (const { id, why } of left) {
      seen.add(why)
      const line = upserts.get(id)
      if (why === 'lost') assert.ok(line!.lost)
      if (why === 'unreachable') assert.ok(line!.unreachable)
      if (why === 'flicker') assert.ok(line!.flicker!)
      if (why === 'notYetVisible') assert.ok(line!.visible! > received)
    }
    for (const { id, why } of extra) {
      seen.add(why)
      if (why === 'ghost') assert.ok(deletes.get(id)!.ghost)
      if (why === 'returned') assert.ok(deletes.get(id)!.returned !== null)
      if (why === 'notYetGone') assert.ok(deletes.has(id))
      if (why === 'stale') assert.ok(upserts.get(id)!.stale)
      if (why === 'outdated')
        assert.ok(upserts.get(id)!.lost || upserts.get(id)!.visible! > received)
    }
  })
  const causes = 'lost notYetVisible flicker unreachable missing short duplicate clip crowdedOut'
  const surplus = 'ghost stale returned outdated notYetGone'
  assert.deepEqual([...seen].sort(), `${causes} ${surplus}`.split(' ').sort())
})
