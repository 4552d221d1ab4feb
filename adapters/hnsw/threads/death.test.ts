import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { PLAIN, refusedAs, withService } from '../service.fixture.ts'
import { endServer, startServer } from '../store/kill.fixture.ts'
import { withFolder } from '../store/store.fixture.ts'
import { roomFor } from './rows.ts'
import type { Question } from './searching.ts'

const rows = (from: number, count: number) => ({
  rows: Array.from({ length: count }, (_, i) => ({ id: from + i, vector: [from + i, 1] })),
})
/** No thread has a collection of this number: what is asked of it is a bug. */
const NONE = 99

test('a thread that writes and dies: nothing is acknowledged that is not there, what is asked is 503, the loss is told', () =>
  withService(async (ask, _, __, { writer }) => {
    await ask('PUT', '/collections/a', PLAIN)
    const writes = Array.from({ length: 40 }, (_, i) =>
      ask('POST', '/collections/a/upsert', rows(10 * i, 10)),
    )
    const first = await Promise.race(writes)
    const bug = writer.ask('upsert', NONE, roomFor(1, 2))
    await assert.rejects(bug, { status: 503, code: 'writer-lost' })
    assert.match((await writer.lost).message, /the thread that writes has ended \(.+undefined.+\)/)
    const replies = await Promise.all(writes)
    for (const [i, reply] of replies.entries()) {
      if (reply.status !== 200) refusedAs(reply, 503, 'writer-lost', /start it again/)
      const ids = Array.from({ length: 10 }, (_, j) => 10 * i + j)
      const { hits } = (await ask('POST', '/collections/a/get', { ids })).json
      if (reply.status === 200) assert.equal(hits.length, 10, 'acknowledged is there')
    }
    assert.equal(first.status, 200, 'answered before the thread died')
    refusedAs(await ask('POST', '/collections/a/upsert', rows(0, 1)), 503, 'writer-lost')
    refusedAs(await ask('PUT', '/collections/b', PLAIN), 503, 'writer-lost')
  }))

/** Writes with several connections until the server is gone, its writer killed after some acknowledgements; resolves with what was acknowledged. */
const writeUntilLost = async (dir: string, kills: number): Promise<Set<number>> => {
  const server = await startServer(dir)
  const complaints: string[] = []
  server.child.stderr!.on('data', (text) => complaints.push(String(text)))
  const closed = once(server.child, 'close')
  await server.ask('PUT', '/collections/a', PLAIN)
  const acknowledged = new Set<number>()
  const write = async (writer: number): Promise<void> => {
    for (let id = writer; ; id += 8) {
      const reply = await server.ask('POST', '/collections/a/upsert', rows(id, 1)).catch(() => null)
      if (reply?.status !== 200) {
        const code = reply?.json.error.code ?? 'stopping'
        assert.ok(['writer-lost', 'stopping'].includes(code), JSON.stringify(reply))
        return
      }
      acknowledged.add(id)
      if (acknowledged.size === kills) server.child.kill('SIGUSR2')
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => write(i)))
  assert.equal((await closed)[0], 1, 'it ends by itself, and not well')
  assert.match(complaints.join(''), /^the thread that writes has ended .*: the server ends/m)
  return acknowledged
}

test('a server whose writer dies ends with 1, and has what it acknowledged when it is started again', (t: TestContext) =>
  withFolder(async (dir) => {
    const preload = new URL('./dying-writer.fixture.ts', import.meta.url).href
    process.env.NODE_OPTIONS = `--import=${preload}`
    t.after(() => delete process.env.NODE_OPTIONS)
    for (const kills of [1, 50, 300]) {
      const acknowledged = await writeUntilLost(dir, kills)
      const again = await startServer(dir)
      const ids = [...acknowledged]
      const { json } = await again.ask('POST', '/collections/a/get', { ids })
      assert.equal(json.hits.length, ids.length)
      await endServer(again, 'SIGTERM')
    }
  }))

/** A question that no search survives. */
const FATAL = { verb: 'search', vector: new Float32Array(2), k: 1n, ef: 1 } as unknown as Question

test('a thread that searches and dies: its questions are 503, another takes its turn, and its place is free', () =>
  withService(
    async (ask, _, __, { searchers }) => {
      await ask('PUT', '/collections/a', PLAIN)
      await ask('POST', '/collections/a/upsert', rows(0, 200))
      const search = () => ask('POST', '/collections/a/search', { vector: [7, 1], k: 2 })
      // An index has 64 places: as many deaths would take them all.
      for (let death = 0; death < 70; death++) {
        const asked = [search(), search()]
        await assert.rejects(searchers!.find(1, FATAL), { code: 'searcher-lost' })
        for (const reply of await Promise.all(asked)) {
          if (reply.status !== 200) refusedAs(reply, 503, 'searcher-lost', /ask again/)
        }
      }
      for (let i = 0; i < 4; i++) assert.equal((await search()).json.hits[0].id, 7)
    },
    { searchers: 2 },
  ))
