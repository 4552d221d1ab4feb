import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { attachHnsw } from '../engine/index.ts'
import { type Ask, PLAIN, refusedAs, withService } from '../service.fixture.ts'
import { writeHere } from './here.fixture.ts'
import type { Threads } from './index.ts'
import { openSearchers, type Searchers } from './searchers.ts'
import type { Writer } from './writer.ts'

/** What comes between the look-up of a name and the thread that searches: done before the question reaches it. */
const meanwhile = ({ searchers }: Threads, happen: () => Promise<void>): void => {
  const find: Searchers['find'] = searchers!.find
  Object.assign(searchers!, {
    find: async (...asked: Parameters<Searchers['find']>) => {
      await happen()
      return await find(...asked)
    },
  })
}

const build = async (ask: Ask, name: string, version: number): Promise<void> => {
  await ask('PUT', `/collections/${name}`, PLAIN)
  const rows = [{ id: 1, version, vector: [0, 0] }]
  assert.equal((await ask('POST', `/collections/${name}/upsert`, { rows })).status, 200)
}
const swap = async (ask: Ask, to: number): Promise<void> => {
  await build(ask, `g${to}`, to)
  await ask('PUT', '/aliases/live', { collection: `g${to}` })
  if (to > 0) assert.equal((await ask('DELETE', `/collections/g${to - 1}`)).status, 200)
}
const search = (ask: Ask, name: string) =>
  ask('POST', `/collections/${name}/search`, { vector: [0, 0], k: 1 })

test('a name that leads elsewhere before its question arrives is looked up again, and answered', () =>
  withService(
    async (ask, _, __, threads) => {
      await swap(ask, 0)
      const swaps = [1, 2]
      meanwhile(threads, async () => {
        const to = swaps.shift()
        if (to !== undefined) await swap(ask, to)
      })
      const { status, json } = await search(ask, 'live')
      assert.deepEqual([status, json.hits?.[0].version], [200, 2])
    },
    { searchers: 1 },
  ))

test('a name that leads nowhere any more, or elsewhere for ever, is refused', () =>
  withService(
    async (ask, _, __, threads) => {
      await swap(ask, 0)
      await build(ask, 'alone', 0)
      let generation = 0
      let happen = async (): Promise<void> => {
        await ask('DELETE', '/collections/alone')
      }
      meanwhile(threads, () => happen())
      refusedAs(await search(ask, 'alone'), 404, 'no-such-collection', /"alone"/)
      happen = () => swap(ask, ++generation)
      refusedAs(await search(ask, 'live'), 404, 'no-such-collection', /just been dropped/)
    },
    { searchers: 1 },
  ))

/** An edition of one collection whose writer says what is shared when it is let. */
const slowly = async (t: TestContext) => {
  const { ask } = writeHere()
  const options = { kind: 'hnsw', m: 4, efConstruction: 8, ef: 8, seed: 1, tiered: 'off' } as const
  const { edition } = await ask('make', { ...PLAIN, ...options })
  await ask('create', 1, edition)
  const asked = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const slow = async (): Promise<unknown> => {
    asked.resolve()
    await gate.promise
    return await ask('share', edition)
  }
  const searchers = openSearchers(1, { ask: slow } as unknown as Writer)
  t.after(() => searchers.close())
  return { ask, edition, asked: asked.promise, release: gate.resolve, searchers }
}

test('a thread that is told to forget an edition while it joins does not keep it', async (t) => {
  const { ask, edition, asked, release, searchers } = await slowly(t)
  const question = { verb: 'search', vector: Float32Array.of(0, 0), k: 1, ef: 8 } as const
  const found = searchers.find(edition, question)
  await asked
  searchers.forget(edition)
  release()
  await assert.rejects(found, { status: 404 })
  assert.equal(attachHnsw((await ask('share', edition))!).place, 0, 'no reader has a place')
})
