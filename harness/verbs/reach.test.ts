import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { errorOf, failureOf } from '../drive/sender/protocol.ts'
import { reachTarget, unopened } from './reach.ts'
import { parseTarget } from './target.ts'

test('an address where nobody listens is told with its cure; where somebody does, it is reached', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const text of [`qdrant=http://127.0.0.1:${port}`, `pgvector=postgres://127.0.0.1:${port}/x`])
    assert.equal((await reachTarget(parseTarget(text, '/'), tmpdir())).launched, false)
  server.close()
  await once(server, 'close')
  for (const text of [
    `hnsw=http://127.0.0.1:${port}`,
    `qdrant=http://127.0.0.1:${port}`,
    `milvus=127.0.0.1:${port}`,
    `pgvector=postgres://user:hush@127.0.0.1:${port}/x`,
  ]) {
    await assert.rejects(reachTarget(parseTarget(text, '/'), tmpdir()), {
      code: 'TARGET_UNREACHABLE',
      message: new RegExp(
        `^The target \\w+ cannot be reached: nobody listens at 127\\.0\\.0\\.1:${port}: start the server there, or name`,
      ),
    })
  }
})

test('an error that names an option is wrong input, in another thread too; any other says nobody is there', () => {
  const refused = Object.assign(new Error('mine: durability: no'), { option: 'durability' })
  for (const [error, code, exit] of [
    [refused, 'TARGET_OPTIONS', 64],
    [errorOf(structuredClone(failureOf(refused))), 'TARGET_OPTIONS', 64],
    [new Error('mine: gone'), 'TARGET_UNREACHABLE', 69],
    [errorOf(structuredClone(failureOf(new Error('gone')))), 'TARGET_UNREACHABLE', 69],
    [Object.assign(new Error('odd'), { option: 7 }), 'TARGET_UNREACHABLE', 69],
    [null, 'TARGET_UNREACHABLE', 69],
  ] as const) {
    const told = unopened({ label: 'mine' }, error)
    assert.deepEqual([told.code, told.exit], [code, exit])
  }
})
