import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../harness/model/index.ts'
import { now, of, rowOf, rowsOf, setUp, signal } from './server.fixture.ts'

/** Asks for all rows, again and again, until `enough`; which ids were there, from when (sent) to when (answered). */
const watch = async (engine: Engine, enough: (ids: ReadonlySet<number>) => boolean) => {
  const looks: { ids: ReadonlySet<number>; sent: number; done: number }[] = []
  for (;;) {
    const sent = now()
    const hits = await engine.search(rowOf(0).vector, 1000, signal())
    const ids = new Set(hits.map(({ id }) => id))
    looks.push({ ids, sent, done: now() })
    if (enough(ids)) return looks
    await sleep(1)
  }
}

test('acknowledged so many ms after visibility, or long before it', async (t) => {
  const after = await setUp(t, { delay: { fixed: 10 }, acknowledge: { after: 30 } })
  await after.engine.upsert(rowsOf(3), signal())
  await after.engine.delete([1], signal())
  const lines = await after.truth()
  for (const { acknowledged, visible } of of(lines, 'upsert'))
    assert.ok(acknowledged! >= visible! + 30_000)
  for (const { acknowledged, invisible } of of(lines, 'delete'))
    assert.ok(acknowledged! >= invisible! + 30_000)

  const before = await setUp(t, { delay: { fixed: 3_600_000 } })
  await before.engine.upsert(rowsOf(3), signal())
  assert.deepEqual(await before.engine.search(rowOf(0).vector, 3, signal()), [])
  for (const { acknowledged, visible } of of(await before.truth(), 'upsert'))
    assert.ok(acknowledged! < visible!)
})

test('a row that flickers is gone in the window that the log names, and never else', async (t) => {
  const flicker = { share: 0.5, after: 60, for: 60 }
  const { engine, truth } = await setUp(t, { flicker, logSearches: true })
  await engine.upsert(rowsOf(20), signal())
  let settled = false
  const settling = engine.settle!(signal()).then(() => {
    settled = true
  })
  const looks = await watch(engine, () => settled)
  await settling
  const lines = await truth()
  const windows = of(lines, 'upsert').map((line) => line.flicker)
  assert.ok(windows.some((window) => window) && windows.some((window) => !window))
  for (const { ids, sent, done } of looks) {
    windows.forEach((window, id) => {
      if (window && sent >= window[0] && done < window[1]) assert.ok(!ids.has(id))
      if (!window || done < window[0] || sent >= window[1]) assert.ok(ids.has(id))
    })
  }
  assert.equal(looks.at(-1)!.ids.size, 20)
  const left = of(lines, 'search').flatMap((line) => line.left)
  assert.ok(left.every(({ id, why }) => why === 'flicker' && windows[id]))
})

test('a deleted row that returns is away between the instants that the log names; compact ends it', async (t) => {
  const { engine, truth } = await setUp(t, {
    returns: { share: 0.5, after: 40 },
    logSearches: true,
  })
  await engine.upsert(rowsOf(20), signal())
  await engine.delete(
    rowsOf(20).map(({ id }) => id),
    signal(),
  )
  const looks = await watch(engine, ({ size }) => size > 0)
  const stored = await engine.get!([...looks.at(-1)!.ids], signal())
  const { returned } = await engine.stats!()
  await engine.compact!(signal())
  const cleaned = await engine.search(rowOf(0).vector, 30, signal())
  const lines = await truth()
  const back = of(lines, 'delete').filter((line) => line.returned !== null)
  assert.ok(back.length > 0 && back.length < 20)
  assert.deepEqual(looks.at(-1)!.ids, new Set(back.map(({ id }) => id)))
  assert.equal(returned, back.length)
  assert.deepEqual([stored, cleaned], [[], []])
  for (const { ids, sent, done } of looks) {
    for (const line of back) {
      assert.ok(line.returned! >= line.invisible! + 40_000)
      if (sent >= line.returned!) assert.ok(ids.has(line.id))
      if (done < line.returned!) assert.ok(!ids.has(line.id))
    }
  }
  const extra = of(lines, 'search').flatMap((line) => line.extra)
  assert.ok(extra.length === back.length && extra.every(({ why }) => why === 'returned'))
})
